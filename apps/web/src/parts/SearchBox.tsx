import { IconSearch } from '@tabler/icons-react';
import fieldStyles from '../forms/Field.module.css';
import styles from './SearchBox.module.css';

interface SearchBoxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string | undefined;
  /** Undefined where nothing is asked for. */
  readonly change: (text: string | undefined) => void;
  readonly className?: string | undefined;
}

/** Where one types what to find. */
export function SearchBox({ label, placeholder, value, change, className = '' }: SearchBoxProps) {
  return (
    <span className={`${styles.box} ${className}`}>
      <IconSearch size={15} stroke={1.7} aria-hidden />
      <input
        type="text"
        className={fieldStyles.plain}
        aria-label={label}
        placeholder={placeholder}
        value={value ?? ''}
        onChange={(event) => change(event.currentTarget.value || undefined)}
      />
    </span>
  );
}
