import { InputError } from '@litmatter/protocol';
import { SetBuilder } from '../builder.ts';
import { atomicNumberOf } from '../elements.ts';
import type { MoleculeSet } from '../set.ts';
import { decimalAt, decimalOf, wholeAt } from './number.ts';
import { eachLine, type Source } from './source.ts';
import { numberFields, type TargetField } from './table.ts';

/** What becomes of each record of an SDF, in the file's order. */
export interface SdfSink {
  readonly builder: SetBuilder;
  /** Whether the record is wanted; one that is not is still checked line by line. */
  wants(record: number, title: string): boolean;
  /** The molecule's own index in its source, from 0. */
  indexOf(record: number, title: string): number;
  /** Called before the molecule is checked: set its targets here. `fields` are the record's data items. */
  complete(record: number, title: string, fields: ReadonlyMap<string, string>, where: string): void;
}

type State = 'title' | 'program' | 'comment' | 'counts' | 'atoms' | 'bonds' | 'properties' | 'data';

const mend = 'Correct the line, or remove the record.';

/**
 * Reads V2000 records line by line by their fixed columns: counts "aaabbb", atoms "xxxxx.xxxxyyyyy.yyyyzzzzz.zzzz sss",
 * bonds "111222ttt". Nothing else of a record is interpreted: charges, radicals and stereo marks are passed over,
 * hydrogens stay as they are written, and aromaticity is not perceived.
 */
class SdfParser {
  readonly #name: string;
  readonly #sink: SdfSink;
  #state: State = 'title';
  #line = 0;
  #record = 0;
  #title = '';
  #blank = true;
  #wanted = false;
  #atomsLeft = 0;
  #bondsLeft = 0;
  #field: string | undefined;
  readonly #fields = new Map<string, string>();

  constructor(name: string, sink: SdfSink) {
    this.#name = name;
    this.#sink = sink;
  }

  #where(): string {
    return `${this.#name}, line ${this.#line} (record ${this.#record + 1}, "${this.#title}")`;
  }

  #fail(what: string): never {
    throw new InputError(`${this.#where()}: ${what} ${mend}`);
  }

  push(text: string, line: number): void {
    this.#line = line;
    if (this.#state === 'atoms') this.#atom(text);
    else if (this.#state === 'bonds') this.#bond(text);
    else if (this.#state === 'properties') this.#property(text);
    else if (this.#state === 'data') this.#data(text);
    else this.#header(text);
  }

  /** Title, program and comment may each be blank; after the last record there may be blank lines and no more. */
  #header(text: string): void {
    this.#blank = (this.#state === 'title' || this.#blank) && text.trim() === '';
    if (this.#state === 'title') {
      this.#title = text.trim().slice(0, 80);
      this.#state = 'program';
    } else if (this.#state === 'program') this.#state = 'comment';
    else if (this.#state === 'comment') this.#state = 'counts';
    else if (this.#blank) this.#state = 'title';
    else this.#counts(text);
  }

  #counts(text: string): void {
    if (text.includes('V3000')) {
      throw new InputError(
        `${this.#where()}: this record is in the V3000 format, and V2000 is what can be read. ` +
          'Write the file again as V2000.',
      );
    }
    this.#atomsLeft = wholeAt(text, 0, 3);
    this.#bondsLeft = wholeAt(text, 3, 6);
    if (this.#atomsLeft < 0 || this.#bondsLeft < 0) {
      this.#fail(`the counts line must start with two numbers of three columns each; it reads "${text}".`);
    }
    if (this.#atomsLeft === 0) this.#fail('the molecule has no atoms.');
    this.#wanted = this.#sink.wants(this.#record, this.#title);
    if (this.#wanted) {
      this.#sink.builder.begin(this.#title, this.#sink.indexOf(this.#record, this.#title));
    }
    this.#state = 'atoms';
  }

  #atom(text: string): void {
    const x = decimalAt(text, 0, 10);
    const y = decimalAt(text, 10, 20);
    const z = decimalAt(text, 20, 30);
    if (!(Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(z))) {
      this.#fail(
        `columns 1 to 30 of an atom line must be three coordinates; they read "${text.slice(0, 30)}".`,
      );
    }
    const symbol = text.slice(31, 34).trim();
    const number = atomicNumberOf(symbol);
    if (number === 0) this.#fail(`"${symbol}" (columns 32 to 34) is no element.`);
    if (this.#wanted) this.#sink.builder.atom(number, x, y, z);
    if (--this.#atomsLeft === 0) this.#state = this.#bondsLeft > 0 ? 'bonds' : 'properties';
  }

  #bond(text: string): void {
    const a = wholeAt(text, 0, 3);
    const b = wholeAt(text, 3, 6);
    const order = wholeAt(text, 6, 9);
    if (a < 1 || b < 1 || order < 1 || order > 4) {
      this.#fail(
        `a bond line must start with two atom numbers and a bond type 1 to 4, three columns each; it reads "${text}".`,
      );
    }
    if (this.#wanted) this.#sink.builder.bond(a - 1, b - 1, order);
    if (--this.#bondsLeft === 0) this.#state = 'properties';
  }

  #property(text: string): void {
    if (text.startsWith('M  END')) this.#state = 'data';
    else if (text.startsWith('$$$$')) this.#fail('the record ends without "M  END".');
  }

  #data(text: string): void {
    if (text.startsWith('$$$$')) {
      this.#finish();
    } else if (/\bV[23]000\s*$/.test(text)) {
      this.#fail('another molecule starts here, though the record has not ended with "$$$$".');
    } else if (text.startsWith('>')) {
      this.#field = /<([^<>]*)>/.exec(text)?.[1];
    } else if (this.#field !== undefined && text.trim() !== '') {
      // A data item's value is its first line; the rest of it is passed over.
      if (!this.#fields.has(this.#field)) this.#fields.set(this.#field, text.trim());
    }
  }

  #finish(): void {
    if (this.#wanted) {
      const where = this.#where();
      this.#sink.complete(this.#record, this.#title, this.#fields, where);
      this.#sink.builder.end(where);
    }
    this.#record++;
    this.#field = undefined;
    this.#fields.clear();
    this.#state = 'title';
  }

  #inHeader(): boolean {
    return this.#state === 'program' || this.#state === 'comment' || this.#state === 'counts';
  }

  /** The end of the file; returns how many records there were. */
  end(): number {
    // A single molecule in a .mol file ends without "$$$$"; blank lines may follow the last record.
    if (this.#state === 'data') this.#finish();
    const started = this.#state !== 'title' && !(this.#inHeader() && this.#blank);
    if (started) {
      throw new InputError(
        `${this.#where()}: the file ends in the middle of this record. It was cut short: get it again.`,
      );
    }
    return this.#record;
  }
}

/** Run every record of an SDF into a sink; returns how many there were. @throws InputError naming line and record */
export async function parseSdf(source: Source, sink: SdfSink): Promise<number> {
  const parser = new SdfParser(source.name, sink);
  await eachLine(source, (text, line) => parser.push(text, line));
  return parser.end();
}

/** The numbers among the data items of an SDF's first record, as targets. @throws InputError where it cannot be read */
export async function findSdfTargets(source: Source): Promise<TargetField[]> {
  const fields = new Map<string, string>();
  let field: string | undefined;
  await eachLine(source, (text) => {
    if (text.startsWith('>')) field = /<([^<>]*)>/.exec(text)?.[1];
    else if (field !== undefined && !fields.has(field)) fields.set(field, text);
    return !text.startsWith('$$$$');
  });
  return numberFields(fields);
}

export interface SdfOptions {
  /** Data items (`> <name>`) that become targets; every record must have them. */
  readonly targets?: readonly TargetField[];
}

/**
 * Read a V2000 SDF (or one .mol file), gzipped or not, as a stream. About 30,000 molecules of QM9's size a second.
 *
 * @throws InputError naming file, line, record and the mend; nothing of a bad file is returned
 */
export async function readSdf(source: Source, options: SdfOptions = {}): Promise<MoleculeSet> {
  const targets = options.targets ?? [];
  const builder = new SetBuilder({ geometry: true, targets });
  const records = await parseSdf(source, {
    builder,
    wants: () => true,
    indexOf: (record) => record,
    complete(_record, _title, fields, where) {
      for (const [t, { name, field = name }] of targets.entries()) {
        const text = fields.get(field);
        if (text === undefined) {
          throw new InputError(`${where} has no data item "> <${field}>". Add it, or remove the record.`);
        }
        const value = decimalOf(text);
        if (Number.isNaN(value)) {
          throw new InputError(`${where}: the data item "${field}" is "${text}", not a number. ${mend}`);
        }
        builder.target(t, value);
      }
    },
  });
  if (records === 0) throw new InputError(`${source.name} holds no molecules. Choose another file.`);
  return builder.build();
}
