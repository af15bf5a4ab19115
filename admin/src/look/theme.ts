/**
 * The look: Mantine's theme, made of the variables of the service's own look.css, which the page loads beside the
 * portal's script. A colour stands in that file and nowhere else.
 */

import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'
import { words } from '#words/words.ts'

const one = (name: string) => Array.from({ length: 10 }, () => `var(--${name})`) as unknown as MantineColorsTuple

/** What Mantine takes for surfaces and lines in the dark scheme. */
const dark = ['ink', 'ink', 'quiet', 'quiet', 'line', 'line', 'surface', 'surface', 'paper', 'paper'].map(
  (name) => `var(--${name})`,
) as unknown as MantineColorsTuple

/** Text on a filled part is the variable, too: white in one scheme, dark in the other. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colours = defaultVariantColorsResolver(input)
  return input.variant === 'filled' ? { ...colours, color: 'var(--on-accent)' } : colours
}

/** Nothing moves, and borders do what shadows do elsewhere. */
const still = { transitionProps: { duration: 0 }, shadow: 'none' }

export const theme = createTheme({
  colors: { dark, accent: one('accent'), broken: one('broken'), warning: one('warning'), quiet: one('quiet') },
  primaryColor: 'accent',
  variantColorResolver,
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '10px', lg: '10px', xl: '10px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  lineHeights: { md: '1.6' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '24px', lineHeight: '1.3' }, h2: { fontSize: '18px' } } },
  respectReducedMotion: true,
  components: {
    // Help stands below the field, as everywhere in the service.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Modal: { defaultProps: { ...still, closeButtonProps: { 'aria-label': words.close } } },
    Drawer: { defaultProps: still },
    // No second banner for those who go from landmark to landmark.
    ModalHeader: { defaultProps: { component: 'div' } },
    DrawerHeader: { defaultProps: { component: 'div' } },
    Popover: { defaultProps: still },
    Tooltip: { defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: true } } },
  },
})

const shades = (name: string, strong: string) => ({
  [`--mantine-color-${name}-filled`]: `var(--${name})`,
  [`--mantine-color-${name}-filled-hover`]: `var(--${strong})`,
  [`--mantine-color-${name}-light`]: `color-mix(in srgb, var(--${name}) 10%, transparent)`,
  [`--mantine-color-${name}-light-hover`]: `color-mix(in srgb, var(--${name}) 16%, transparent)`,
  [`--mantine-color-${name}-light-color`]: `var(--${strong})`,
  [`--mantine-color-${name}-outline`]: `var(--${name})`,
  [`--mantine-color-${name}-outline-hover`]: `color-mix(in srgb, var(--${name}) 8%, transparent)`,
  [`--mantine-color-${name}-text`]: `var(--${name})`,
})

const both = {
  ...shades('accent', 'accent-strong'),
  ...shades('broken', 'broken'),
  ...shades('warning', 'warning'),
  ...shades('quiet', 'quiet'),
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-bright': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--quiet)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--broken)',
  '--mantine-color-placeholder': 'var(--quiet)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--paper)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
}

export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: both, dark: both })
