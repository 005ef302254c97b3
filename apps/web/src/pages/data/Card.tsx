import type { DatasetCard, DatasetDownload } from '@litmatter/protocol';
import { Button } from '@mantine/core';
import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { bytes, counted, integer, listed } from '../../words/format.ts';
import styles from './Data.module.css';
import { Download } from './Download.tsx';
import { Remove } from './Remove.tsx';

interface CardProps {
  readonly card: DatasetCard;
  /** Where the hub can download it. */
  readonly download: DatasetDownload | undefined;
  readonly open: boolean;
  /** It has just been made here. */
  readonly fresh: boolean;
  readonly look: () => void;
  readonly gone: () => void;
}

/** One data set: what it is, how much of it there is, whose it is, and how to get it where it is not here. */
export function Card({ card, download, open, fresh, look, gone }: CardProps) {
  const { name, title, description, licence, source, molecules, targets, available, mend } = card;
  return (
    <li className={styles.card} data-open={open || fresh || undefined} data-set={name} tabIndex={-1}>
      <h2>
        {title} {title !== name && <code>{name}</code>}
      </h2>
      <p className={styles.state} data-here={available || undefined}>
        {available ? (
          <IconCircleCheckFilled size={15} aria-hidden />
        ) : (
          <IconCircleDashed size={15} aria-hidden />
        )}
        {available ? 'Here' : 'Not here'}
      </p>
      <p className={styles.description}>{description}</p>
      <dl className={styles.facts}>
        <dt>Molecules</dt>
        <dd>
          {molecules === null ? 'not counted' : integer(molecules)}
          {holdings(card)}
        </dd>
        <dt>On disk</dt>
        <dd>{card.bytes === null ? (available ? 'not told' : '–') : bytes(card.bytes)}</dd>
        <dt>Targets</dt>
        <dd>{counted(targets.length, 'target')}</dd>
        {card.split && (
          <>
            <dt>Own split</dt>
            <dd>
              {integer(card.split.train)} / {integer(card.split.validation)} / {integer(card.split.test)}
            </dd>
          </>
        )}
        <dt>Licence</dt>
        <dd>{licence || 'not told'}</dd>
        <dt>Source</dt>
        <dd className={styles.source}>{source || 'not told'}</dd>
      </dl>
      {available ? (
        <div className={styles.buttons}>
          <Button variant={open ? 'filled' : 'default'} aria-pressed={open} onClick={look}>
            Look inside
          </Button>
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/prototype" search={{ data: name }} {...props} />}
          >
            Prototype
          </Button>
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/design" search={{ data: name }} {...props} />}
          >
            Design an experiment
          </Button>
          {card.removable && <Remove card={card} gone={gone} />}
        </div>
      ) : download ? (
        <Download card={card} state={download} />
      ) : (
        mend && <p className={styles.get}>{mend}</p>
      )}
    </li>
  );
}

/** ", with positions and bonds" */
function holdings({ contents }: DatasetCard): string {
  if (!contents) return '';
  const held = Object.entries(contents).flatMap(([what, there]) => (there ? [what] : []));
  return held.length > 0 ? `, with ${listed(held)}` : '';
}
