/**
 * Attributes written by hand, in a form like that of AWS IAM Identity Center: what is typed is sent as it is, mistakes and
 * all. It owns the form, how it is read, and how what it says stands before what the directory says.
 */
import { uris } from '@sallyport/saml'
import { type Html, html } from '../pages/html.ts'
import { type AttributeToWrite, authorizedClientIdsName, type Person } from './people.ts'

const formats = [
  { name: 'unspecified', label: 'unspecified', nameFormat: uris.attributeName.unspecified },
  { name: 'basic', label: 'basic', nameFormat: uris.attributeName.basic },
  { name: 'uri', label: 'URI reference', nameFormat: uris.attributeName.uri },
  { name: 'none', label: 'left out', nameFormat: undefined },
] as const

/** What the directory knows, by the names that follow `user:` in the form. */
const mapped: ReadonlyMap<string, (person: Person) => string> = new Map([
  ['subject', ({ username }) => username],
  ['givenName', ({ firstName }) => firstName],
  ['familyName', ({ lastName }) => lastName],
  ['email', ({ email }) => email],
])

/** XML 1.0 section 2.2: no document can have these, so nothing can be sent that has one. */
const unsendable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

const rows = [authorizedClientIdsName, '', ''] as const

const columns = ['User attribute in the application', 'Maps to this string value or user attribute', 'Format'] as const

export function attributeForm(): Html {
  return html`<details class="attributes">
<summary>Write attributes by hand, for this answer</summary>
<p class="help" id="attributes-help">Commas separate several values; everything else is sent as it is typed. A row without a
value is not sent. User attributes: ${[...mapped.keys()].map((name) => `\${user:${name}}`).join(', ')}.</p>
<table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(formRow)}</tbody>
</table>
</details>`
}

function formRow(name: string, i: number): Html {
  const [attribute, mapsTo, format] = columns.map((column) => `${column}, row ${i + 1}`)
  const typed = html`autocomplete="off" autocapitalize="off" spellcheck="false"`
  return html`<tr>
<td data-column="${columns[0]}"><input name="attribute${i}" value="${name}" aria-label="${attribute}" ${typed}></td>
<td data-column="${columns[1]}"><input name="maps-to${i}" value="" aria-label="${mapsTo}" aria-describedby="attributes-help" ${typed}></td>
<td data-column="${columns[2]}"><select name="format${i}" aria-label="${format}">
${formats.map(({ name, label }) => html`<option value="${name}">${label}</option>`)}
</select></td>
</tr>`
}

/** Undefined where the form is not one of ours. */
export function readAttributeForm(form: URLSearchParams, person: Person): readonly AttributeToWrite[] | undefined {
  const read: AttributeToWrite[] = []
  for (const i of rows.keys()) {
    const name = form.get(`attribute${i}`) ?? ''
    const value = form.get(`maps-to${i}`) ?? ''
    const format = formats.find((one) => one.name === (form.get(`format${i}`) ?? 'unspecified'))
    if (format === undefined || unsendable.test(name + value)) return undefined
    if (name === '' || value === '') continue
    const values = value.split(',').map((text) => sent(text, person))
    read.push({ name, ...(format.nameFormat && { nameFormat: format.nameFormat }), values })
  }
  return read
}

function sent(text: string, person: Person): string {
  const [, name = ''] = /^\$\{user:(\w+)\}$/.exec(text) ?? []
  return mapped.get(name)?.(person) ?? text
}

/** Those written by hand instead of those with the same names. */
export function withAttributes(
  known: readonly AttributeToWrite[],
  written: readonly AttributeToWrite[],
): readonly AttributeToWrite[] {
  return [...known.filter((one) => !written.some(({ name }) => name === one.name)), ...written]
}
