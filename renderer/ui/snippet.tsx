import { Text } from '@mantine/core';
import { CopyButton } from './copy-button.tsx';
import classes from './snippet.module.css';

interface SnippetProps {
  /** Name of the block, also of its copy button. */
  label: string;
  code: string;
  /** One sentence below. */
  note?: string;
  isLabelHidden?: boolean;
}

/** Commands to copy. */
export const Snippet = ({ label, code, note, isLabelHidden = false }: SnippetProps) => (
  <div className={classes.snippet} role="region" aria-label={label}>
    {isLabelHidden ? null : (
      <Text size="sm" fw={500} mb={4}>
        {label}
      </Text>
    )}
    <div className={classes.block}>
      <pre className={classes.code}>{code}</pre>
      <div className={classes.copy}>
        <CopyButton value={code} what={label.charAt(0).toLowerCase() + label.slice(1)} />
      </div>
    </div>
    {note ? (
      <Text size="xs" c="dimmed" mt={4}>
        {note}
      </Text>
    ) : null}
  </div>
);
