import { InputError } from '@litmatter/protocol';
import Papa from 'papaparse';

/**
 * Walk the rows of a CSV text with a header line. Every row must have as many fields as the header; blank lines are
 * passed over. `row` is given the fields by position and the line's number in the file, from 1.
 *
 * @param header - called once with the column names, trimmed; throw from it where they are not what is needed
 * @throws InputError naming file and line
 */
export function eachCsvRow(
  name: string,
  text: string,
  header: (columns: readonly string[]) => void,
  row: (fields: readonly string[], line: number) => void,
): void {
  let columns: readonly string[] | undefined;
  let line = 0;
  Papa.parse<string[]>(text.startsWith('\uFEFF') ? text.slice(1) : text, {
    delimiter: ',',
    step: ({ data, errors }) => {
      line++;
      const [problem] = errors;
      if (problem) {
        throw new InputError(`${name}, line ${line}: ${problem.message}. Correct the line.`);
      }
      if (data.length === 1 && data[0].trim() === '') return;
      if (!columns) {
        columns = data.map((column) => column.trim());
        header(columns);
      } else if (data.length !== columns.length) {
        throw new InputError(
          `${name}, line ${line} has ${data.length} fields where the header has ${columns.length}. ` +
            'Correct the line, or get the file again if it was cut short.',
        );
      } else row(data, line);
    },
  });
  if (!columns) throw new InputError(`${name} is empty. Choose another file.`);
}
