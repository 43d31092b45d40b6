import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The one accent: harbour blue. Shade 6 carries white text at 5:1, in both schemes. */
const harbour: MantineColorsTuple = [
  '#eef4fb',
  '#dbe8f7',
  '#b4cfee',
  '#8bb4e4',
  '#68a0dd',
  '#4a8ad2',
  '#2a6dbc',
  '#1f5898',
  '#1a4a80',
  '#143a66',
];

/** Red for buttons that take away; shade 6 carries white text at 5:1. */
const red: MantineColorsTuple = [
  '#fdeeec',
  '#f9dad7',
  '#f2b4ae',
  '#ea8b82',
  '#e2685d',
  '#d94f43',
  '#c23a30',
  '#a53028',
  '#882720',
  '#6c1f19',
];

/** Neutral with a trace of blue, so that cards and page differ in the dark as they do in the light. */
const dark: MantineColorsTuple = [
  '#e4e7ec',
  '#c3c9d2',
  '#a3abb8',
  '#7a8494',
  '#454d5a',
  '#343b46',
  '#2a303a',
  '#1e232b',
  '#171b21',
  '#101318',
];

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: 6,
  colors: { harbour, red, dark },
  black: '#1b212a',
  fontFamily:
    "'Inter', -apple-system, 'Segoe UI', Roboto, Ubuntu, Cantarell, 'Noto Sans', 'Liberation Sans', 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace",
  fontSizes: { xs: '0.78rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  radius: { sm: '5px', md: '8px', lg: '12px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm', fw: 500 } },
    Switch: { defaultProps: { withThumbIndicator: false } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Modal: {
      defaultProps: {
        centered: true,
        closeButtonProps: { 'aria-label': 'Close' },
        padding: 'lg',
        overlayProps: { backgroundOpacity: 0.42 },
        // `ui/use-focus-return.ts` does it.
        returnFocus: false,
        // A second <header> would be a second banner landmark.
        attributes: { header: { role: 'presentation' } },
      },
      styles: { title: { fontWeight: 600, fontSize: '1.0625rem' } },
    },
    Table: { defaultProps: { verticalSpacing: 9, horizontalSpacing: 'md' } },
    Loader: { defaultProps: { size: 'sm' } },
    Menu: { defaultProps: { shadow: 'md' } },
    // Open, their list takes the first Esc, which is meant for the dialog they stand in.
    Autocomplete: { defaultProps: { openOnFocus: false } },
    TagsInput: { defaultProps: { openOnFocus: false } },
  },
});

/** State colours, and text that is quiet but still readable at 4.5:1 on page and card. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--page': '#f5f6f8',
    '--card': '#ffffff',
    '--line': '#e1e5ea',
    '--sunken': '#f1f3f6',
    '--mantine-color-dimmed': '#5a6472',
    '--mantine-color-placeholder': '#6b7585',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#2060a8',
    '--ok': '#1b7d46',
    '--ok-soft': '#e4f4ea',
    '--warn': '#8a5a00',
    '--warn-soft': '#fcf1d9',
    '--bad': '#b3261e',
    '--bad-soft': '#fcebe9',
    '--idle': '#5f6a79',
    '--idle-soft': '#e9ecf0',
    '--busy': '#2668b4',
    '--busy-soft': '#e3edf9',
    '--ok-fill': '#2a9458',
    '--warn-fill': '#c27c00',
    '--bad-fill': '#cb3d33',
  },
  dark: {
    '--page': '#14171c',
    '--card': '#1c2027',
    '--line': '#2e343e',
    '--sunken': '#15191f',
    '--mantine-color-body': '#1c2027',
    '--mantine-color-dimmed': '#a3abb8',
    '--mantine-color-placeholder': '#8b94a3',
    '--mantine-color-error': '#ff9a90',
    '--mantine-color-anchor': '#8bb9f0',
    '--ok': '#5fd08c',
    '--ok-soft': '#1a3326',
    '--warn': '#efb54d',
    '--warn-soft': '#3a2c1066',
    '--bad': '#ff9a90',
    '--bad-soft': '#43201d66',
    '--idle': '#98a2b1',
    '--idle-soft': '#2a303a',
    '--busy': '#7db3f2',
    '--busy-soft': '#1d2f47',
    '--ok-fill': '#42b375',
    '--warn-fill': '#dd9f35',
    '--bad-fill': '#e5685c',
    '--mantine-color-harbour-light': '#22384f',
    '--mantine-color-harbour-light-hover': '#29435f',
    '--mantine-color-harbour-light-color': '#b5d4f8',
  },
});

/** The nonce of this page's content security policy; undefined where the host set none. */
export const styleNonce = (): string | undefined => {
  const content = document.querySelector('meta[name="csp-nonce"]')?.getAttribute('content') ?? '';
  return content === '' || content.startsWith('__') ? undefined : content;
};
