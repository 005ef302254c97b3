import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { copyText } from '../state/clipboard.ts';
import { IconButton } from './IconButton.tsx';
import styles from './Mend.module.css';

/** What mends something: a command to copy, or a sentence. */
export function Mend({ how }: { readonly how: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <span className={styles.mend}>
      <code>{how}</code>
      <IconButton
        label={copied ? 'Copied' : `Copy: ${how}`}
        title={copied ? 'Copied' : 'Copy'}
        press={() => void copyText(how).then(setCopied)}
      >
        {copied ? <IconCheck size={14} stroke={1.8} /> : <IconCopy size={14} stroke={1.7} />}
      </IconButton>
    </span>
  );
}
