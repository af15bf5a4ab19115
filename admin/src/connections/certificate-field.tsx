import { Button, FileButton, Group, Input, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Found, useHere } from '#api/here.ts'
import type { FieldsProps } from '#connections/fields.ts'
import { Fault } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Time, useClock } from '#parts/time.tsx'
import { fields as text } from '#words/connections.ts'
import { words } from '#words/words.ts'

export type Certificate = Found<'connections/read-certificate', 'post'>['items'][number]

/** Issuer Certificate: by file or pasted, read at once, shown with whose it is and how long it is good. */
export function CertificateField(props: FieldsProps & { readonly known: readonly Certificate[] }) {
  const { form, readOnly, known } = props
  const here = useHere()
  const [pasted, setPasted] = useState('')
  const [read, setRead] = useState<readonly Certificate[]>(known)
  const reading = useMutation({
    mutationFn: async (certificate: string) =>
      (await here.post('connections/read-certificate', { body: { certificate } })).data.items,
    onSuccess: (items) => {
      const there = form.getValues().issuerCertificates
      const fresh = items.filter(({ pem }) => !there.includes(pem))
      setRead([...read, ...items])
      form.setFieldValue('issuerCertificates', [...there, ...fresh.map(({ pem }) => pem)])
      setPasted('')
    },
  })
  const { issuerCertificates } = form.values
  const remove = (pem: string) =>
    form.setFieldValue(
      'issuerCertificates',
      issuerCertificates.filter((one) => one !== pem),
    )
  return (
    <Input.Wrapper label={text.certificates} description={text.certificatesHelp} error={form.errors.issuerCertificates}>
      <Stack gap="sm" mt={4}>
        {issuerCertificates.length === 0 && <Text c="dimmed">{text.noCertificates}</Text>}
        {issuerCertificates.map((pem) => (
          <OneCertificate
            key={pem}
            pem={pem}
            known={read.find((one) => one.pem === pem)}
            remove={readOnly ? undefined : () => remove(pem)}
          />
        ))}
        {!readOnly && (
          <>
            <Textarea
              label={text.certificatePaste}
              description={text.certificatePasteHelp}
              classNames={{ input: 'code' }}
              autosize
              minRows={2}
              maxRows={8}
              spellCheck={false}
              value={pasted}
              onChange={(event) => setPasted(event.currentTarget.value)}
            />
            <Group gap="xs">
              <Button
                variant="default"
                disabled={pasted.trim() === ''}
                loading={reading.isPending}
                onClick={() => reading.mutate(pasted)}
              >
                {text.certificateAdd}
              </Button>
              <FileButton
                onChange={(file) => void file?.arrayBuffer().then((bytes) => reading.mutate(certificateText(bytes)))}
              >
                {(button) => (
                  <Button variant="default" {...button}>
                    {text.certificateFile}
                  </Button>
                )}
              </FileButton>
            </Group>
          </>
        )}
        {reading.error && <Fault error={reading.error} />}
      </Stack>
    </Input.Wrapper>
  )
}

/** A file holds PEM, or the certificate as it is (DER), which goes as base64. */
export function certificateText(bytes: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')
  return letters.includes('-----BEGIN') || /^[\sA-Za-z0-9+/=]+$/.test(letters) ? letters : btoa(letters)
}

type OneProps = {
  readonly pem: string
  readonly known: Certificate | undefined
  readonly remove: (() => void) | undefined
}

/** One that came with metadata is not read yet. */
function OneCertificate({ pem, known, remove }: OneProps) {
  const here = useHere()
  const query = useQuery({
    queryKey: here.key('certificate', pem),
    queryFn: async () =>
      (await here.post('connections/read-certificate', { body: { certificate: pem } })).data.items[0],
    enabled: known === undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const certificate = known ?? query.data
  return (
    <div className="certificate">
      {certificate === undefined ? <code>{pem.slice(0, 80)}…</code> : <Read certificate={certificate} />}
      {remove && (
        <Button
          size="xs"
          variant="default"
          onClick={remove}
          aria-label={text.certificateRemove(certificate?.subject ?? '')}
        >
          {words.remove}
        </Button>
      )}
    </div>
  )
}

function Read({ certificate }: { readonly certificate: Certificate }) {
  const clock = useClock()
  const { subject, notAfter, fingerprintSha256, keyType } = certificate
  const over = new Date(notAfter) <= clock()
  return (
    <div>
      <b>{subject}</b> <span className="quiet">{keyType}</span>
      <div>
        {over && <State of="broken">{text.certificateExpired}</State>} {text.certificateUntil} <Time at={notAfter} />
      </div>
      <details>
        <summary>{text.fingerprint}</summary>
        <Copyable value={fingerprintSha256} what={text.fingerprint} />
      </details>
    </div>
  )
}
