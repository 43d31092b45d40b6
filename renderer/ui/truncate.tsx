import { Text, Tooltip, type TextProps } from '@mantine/core';
import { useState } from 'react';

/** One line that ends in an ellipsis when it must, and then shows the whole on hover and focus. */
export const Truncate = ({ children, ...props }: TextProps & { children: string }) => {
  const [isCut, setCut] = useState(false);
  return (
    <Tooltip label={children} disabled={!isCut} multiline maw={420}>
      <Text
        {...props}
        truncate
        onMouseEnter={(event) => {
          setCut(event.currentTarget.scrollWidth > event.currentTarget.clientWidth);
        }}
      >
        {children}
      </Text>
    </Tooltip>
  );
};
