interface SpacerProps {
  readonly columns: number;
  /** Pixels. */
  readonly height: number;
}

/** The room of rows that are not in the document because they are not in sight. */
export function Spacer({ columns, height }: SpacerProps) {
  if (height <= 0) return null;
  return (
    <tr style={{ height }}>
      <td colSpan={columns} />
    </tr>
  );
}
