import { ActionIcon, Button, CopyButton as Copy, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

interface CopyButtonProps {
  value: string;
  /** What is copied: the button is called "Copy <what>". */
  what: string;
  /** Shows the words beside the icon. */
  isWide?: boolean;
}

/** Puts `value` on the clipboard and says so for a moment. */
export const CopyButton = ({ value, what, isWide = false }: CopyButtonProps) => (
  <Copy value={value} timeout={1600}>
    {({ copied, copy }) => {
      const icon = copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />;
      if (isWide) {
        return (
          <Button variant="default" leftSection={icon} onClick={copy}>
            {copied ? 'Copied' : `Copy ${what}`}
          </Button>
        );
      }
      return (
        <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
          <ActionIcon onClick={copy} aria-label={`Copy ${what}`}>
            {icon}
          </ActionIcon>
        </Tooltip>
      );
    }}
  </Copy>
);
