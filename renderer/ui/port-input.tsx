import { NumberInput, type NumberInputProps } from '@mantine/core';

/** A port, as every form asks for one. */
export const PortInput = (props: NumberInputProps) => (
  <NumberInput label="Port" min={1} max={65_535} allowDecimal={false} hideControls {...props} />
);
