import { deepLinkProducts } from '#connect/deep-links/deep-links.ts'
import { generic } from '#connect/deep-links/generic.ts'
import type { DeepLinkProduct } from '#connect/deep-links/product.ts'
import { type FilledFederationStep, fillInFederation } from '#connect/federation-guide/fill-in.ts'
import type { Table } from '#connect/federation-guide/guide.ts'

/** The guide as a page of the documentation, where no Environment's values are known. */
export function federationPage(): string {
  const { introduction, beforeYouBegin, steps, terms, troubleshooting, furtherReading } = fillInFederation(generic)
  const parts = [
    '# Agents: single sign-on into Amazon Connect',
    ...introduction.map(plain),
    'The portal shows these steps with the values of your Environment, under Amazon Connect Integration, and offers the files to download. Here names in capitals stand for values: ACCOUNT_ID, REGION, INSTANCE_ID. CompanyDirectory and AmazonConnectAgent are the names that the settings begin with.',
    '## Before you begin',
    ...beforeYouBegin.map((text) => `- ${plain(text)}`),
    ...steps.flatMap((step) => stepParts(step)),
    '## Common terms',
    table({ columns: ['Term', 'Meaning'], rows: terms.map(({ term, meaning }) => [term, meaning]) }),
    '## When AWS or Amazon Connect says no',
    'What is on the screen, why, and what helps. The check of a response in the portal, and `sallyport amazon-connect check-response`, say which of these a response would cause.',
    table({
      columns: ['On the screen', 'Why', 'What helps'],
      rows: troubleshooting.map(({ text, cause, cure }) => [`“${text}”`, cause, cure]),
    }),
    ...['AWS’s own pages:', ...furtherReading.map(({ title, url }) => `- [${title}](${url})`)],
    '## Notes on identity providers',
    ...deepLinkProducts.filter((product) => product !== generic).flatMap(productParts),
  ]
  return `${parts.join('\n\n').replaceAll(/^(- .*)\n\n(?=- )/gm, '$1\n')}\n`
}

function stepParts({ number, title, optional, text, fields, artefacts }: FilledFederationStep): readonly string[] {
  const rows = fields.map(({ theirLabel, ourValue, note }) => [theirLabel, ourValue ?? '', note ?? ''])
  const files = artefacts.map((name) => `\`${name}\``).join(', ')
  return [
    `## ${number}. ${title}${optional ? ' (optional)' : ''}`,
    ...text.map(plain),
    ...(rows.length === 0 ? [] : [table({ columns: ['There', 'Value', ''], rows })]),
    ...(files === ''
      ? []
      : [`Files: ${files}. \`sallyport amazon-connect artefacts COMPANY/ENVIRONMENT --out FOLDER\` writes them.`]),
  ]
}

function productParts(product: DeepLinkProduct): readonly string[] {
  const notes = fillInFederation(product).steps.flatMap((step) => (step.notes.length === 0 ? [] : [step]))
  return [
    `### ${product.name}`,
    ...notes.flatMap(({ number, notes }) =>
      notes.flatMap(({ text, table: rows }) => [
        ...text.map((line) => `- Step ${number}. ${plain(line)}`),
        ...(rows === null ? [] : [table(rows)]),
      ]),
    ),
  ]
}

function table({ columns, rows }: Table): string {
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => row.map(plain))]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Markdown would read these. */
function plain(text: string): string {
  return text.replaceAll(/[\\<>|*]/g, '\\$&')
}
