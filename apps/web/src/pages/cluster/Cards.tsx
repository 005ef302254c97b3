import type { Cluster } from '@litmatter/protocol';
import { IconAlertCircle, IconCircleCheckFilled, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Mend } from '../../parts/Mend.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { counted } from '../../words/format.ts';
import styles from './Cluster.module.css';

interface CardProps {
  readonly name: string;
  readonly mark: 'ok' | 'lacking' | 'missing' | 'note';
  readonly detail: ReactNode;
  readonly mend: string | null;
}

const marks = {
  ok: { icon: IconCircleCheckFilled, word: 'there' },
  lacking: { icon: IconCircleX, word: 'lacking' },
  missing: { icon: IconAlertCircle, word: 'missing' },
  note: { icon: IconInfoCircle, word: 'to know' },
} as const;

/** One thing there is or is not, why, and what brings it. */
function Card({ name, mark, detail, mend }: CardProps) {
  const { icon: Icon, word } = marks[mark];
  return (
    <li className={styles.card} data-mark={mark}>
      <span className={styles.cardMark} role="img" aria-label={word} title={word}>
        <Icon size={16} stroke={1.8} aria-hidden />
      </span>
      <div>
        <h3>{name}</h3>
        <p>{detail}</p>
        {mend !== null && <Mend how={mend} />}
      </div>
    </li>
  );
}

/** How ranks can be started from here, and what each way lacks. */
export function LaunchersPanel({ launchers }: Pick<Cluster, 'launchers'>) {
  return (
    <Panel title="Launchers">
      <ul className={styles.cards}>
        {launchers.map(({ name, available, detail, mend, devices }) => (
          <Card
            key={name}
            name={name}
            mark={available ? 'ok' : 'lacking'}
            detail={devices === null ? detail : `${detail} ${counted(devices, 'device')} can work at once.`}
            mend={mend}
          />
        ))}
      </ul>
    </Panel>
  );
}

/** What computes, with what it truly uses here, and the library that joins ranks. */
export function BackendsPanel({ backends, mpi }: Pick<Cluster, 'backends' | 'mpi'>) {
  return (
    <Panel title="Backends and MPI">
      <ul className={styles.cards}>
        {backends.map(({ name, available, detail, mend }) => (
          <Card key={name} name={name} mark={available ? 'ok' : 'lacking'} detail={detail} mend={mend} />
        ))}
        {'lacking' in mpi ? (
          <Card
            name="MPI"
            mark="lacking"
            detail="No library is found. It is needed to run over several machines."
            mend={mpi.lacking}
          />
        ) : (
          <Card name={`MPI: ${mpi.family}`} mark="ok" detail={`${mpi.version}, ${mpi.file}`} mend={null} />
        )}
      </ul>
    </Panel>
  );
}

/** What else the doctor looked at: launchers, backends and MPI have panels of their own. */
export function FindingsPanel({ findings }: Pick<Cluster, 'findings'>) {
  const rest = findings.filter(({ name }) => !/^(?:Backend|Launcher|MPI library)\b/.test(name));
  return (
    <Panel title="The doctor’s findings">
      <ul className={styles.cards} data-dense>
        {rest.map(({ name, status, detail, mend }) => (
          <Card key={name} name={name} mark={status} detail={detail} mend={mend} />
        ))}
      </ul>
    </Panel>
  );
}
