import { Button, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useRef, useState, type DragEvent, type ReactNode } from 'react';
import classes from './file-drop.module.css';

interface FileDropProps {
  /** What kind of file is wanted, one sentence. */
  text: string;
  /** Names as in the `accept` of an input. */
  accept?: string;
  onText(text: string, fileName: string): void;
  /** Below: another way to give it. */
  children?: ReactNode;
}

/** A text file, dropped or chosen. */
export const FileDrop = ({ text, accept, onText, children }: FileDropProps) => {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (file: File | undefined) => {
    if (file) void file.text().then((content) => onText(content, file.name));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <div
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconFileImport size={26} stroke={1.5} aria-hidden className={classes.icon} />
      <Text size="sm">{text}</Text>
      <div className={classes.ways}>
        <Button variant="default" size="xs" onClick={() => input.current?.click()}>
          Choose a file
        </Button>
        {children}
      </div>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File"
        accept={accept}
        onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
};
