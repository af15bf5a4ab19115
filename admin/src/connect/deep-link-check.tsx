import { Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type Found, useHere } from '#api/here.ts'
import { Findings } from '#connect/findings.tsx'
import { deepLink as text } from '#words/amazon-connect.ts'

type Reading = Found<'amazon-connect/deep-link', 'post'>

const TYPING_MS = 400

/** What the API makes of the link, while it is being typed. */
export function DeepLinkCheck({ link }: { readonly link: string }) {
  const here = useHere()
  const [typed] = useDebouncedValue(link.trim(), TYPING_MS)
  const query = useQuery({
    queryKey: here.key('federation', 'deep-link', typed),
    queryFn: async () => (await here.post('amazon-connect/deep-link', { body: { text: typed } })).data,
    enabled: typed !== '',
    placeholderData: (before) => before,
  })
  return (
    <div role="status" className="beside-field">
      {typed !== '' && query.isError && <Text size="sm">{text.unchecked}</Text>}
      {typed !== '' && query.data && <Read reading={query.data} />}
    </div>
  )
}

function Read({ reading: { name, findings } }: { readonly reading: Reading }) {
  const works = findings.every(({ severity }) => severity === 'note')
  return (
    <>
      {works && <Text size="sm">{name === null ? text.fine : text.fineOf(name)}</Text>}
      <Findings items={findings} />
    </>
  )
}
