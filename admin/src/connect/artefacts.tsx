import { Group, Text, VisuallyHidden } from '@mantine/core'
import { type Artefact, useArtefacts } from '#connect/federation-guide.ts'
import { Loaded } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { CopyText } from '#parts/copyable.tsx'
import { Download } from '#parts/download.tsx'
import { Fold } from '#parts/fold.tsx'
import { federation as text } from '#words/aws-federation.ts'

type Props = { readonly names: readonly Artefact['name'][]; readonly product: string }

/** The files that go with a step: to download, to copy, to look at. */
export function Artefacts({ names, product }: Props) {
  const query = useArtefacts(product)
  return (
    <div>
      <h3>{text.files}</h3>
      <Loaded query={query}>
        {({ items }) => (
          <ul className="entries artefacts">
            {items
              .filter(({ name }) => names.includes(name))
              .map((artefact) => (
                <li key={artefact.name}>
                  <One artefact={artefact} />
                </li>
              ))}
          </ul>
        )}
      </Loaded>
    </div>
  )
}

function One({ artefact: { name, title, text: content, missing } }: { readonly artefact: Artefact }) {
  return (
    <>
      <Text size="sm">{title}</Text>
      <Group gap="md">
        <code>{name}</code>
        <Download name={name} text={content}>
          {text.download}
          <VisuallyHidden> {name}</VisuallyHidden>
        </Download>
        <CopyText value={content}>
          {text.copy}
          <VisuallyHidden> {name}</VisuallyHidden>
        </CopyText>
      </Group>
      {missing.map((sentence) => (
        <Text key={sentence} size="sm">
          <State of="warning">{text.missing}</State> {sentence}
        </Text>
      ))}
      <Fold summary={text.show}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse moves it with the arrow keys */}
        <section className="xml-lines" tabIndex={0} aria-label={text.shown(name)}>
          <pre>
            <code>{content}</code>
          </pre>
        </section>
      </Fold>
    </>
  )
}
