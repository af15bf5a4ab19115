import { Button, FileButton, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { certificateText } from '#connections/certificate-field.tsx'
import { type ProviderChange, type SetUpConnection, type Step, useSettingUp } from '#guide/setting-up.ts'
import { Fault } from '#parts/answers.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { guide as text } from '#words/set-up.ts'

type Brings = Step['brings']
type Values = {
  issuer: string
  thirdPartyAuthenticationUrl: string
  /** Pasted, or read from a file; several may follow one another. */
  certificate: string
  singleLogout: { url: string }
}

/** The values one by one, each under the name that it has at the identity provider. */
export function ByHand({ brings }: { readonly brings: Brings }) {
  const { connection } = useSettingUp()
  const kept = keptIn(connection)
  return <HandForm key={JSON.stringify(kept)} kept={kept} brings={brings} />
}

function HandForm({ kept, brings }: { readonly kept: Values; readonly brings: Brings }) {
  const { connection, readCertificate, change } = useSettingUp()
  const notice = useNotice()
  const form = useForm<Values>({ initialValues: kept })
  const send = async (values: Values) => {
    const given = values.certificate.trim() === '' ? [] : await readCertificate(values.certificate)
    const there = connection.issuerCertificates ?? []
    const pems = [...new Set([...there, ...given.map(({ pem }) => pem)])]
    const asked = new Set<string>(brings.map(({ field }) => field))
    await change(
      Object.fromEntries(
        Object.entries(changeOf(values, pems)).filter(([field]) =>
          asked.has(field.replace(/^singleLogout$/, 'singleLogout.url')),
        ),
      ),
    )
  }
  const done = () => {
    form.setFieldValue('certificate', '')
    notice(text.saved)
  }
  return (
    <div className="form guide-part">
      <ApiForm
        form={form}
        send={send}
        done={done}
        submit={text.saveValues}
        fieldOf={{ 'issuerCertificates.0': 'certificate', issuerCertificates: 'certificate' }}
      >
        {brings.map(({ theirLabel, field, note }) =>
          field === 'issuerCertificates' ? (
            <div key={field}>
              <Textarea
                label={theirLabel}
                description={text.certificateAdd}
                classNames={{ input: 'code' }}
                autosize
                minRows={2}
                maxRows={8}
                spellCheck={false}
                {...form.getInputProps('certificate')}
              />
              <CertificateFile take={(read) => form.setFieldValue('certificate', read)} />
            </div>
          ) : (
            <TextInput key={field} label={theirLabel} description={note} {...form.getInputProps(field)} />
          ),
        )}
      </ApiForm>
    </div>
  )
}

function CertificateFile({ take }: { readonly take: (text: string) => void }) {
  const loading = useMutation({
    mutationFn: async (file: File) => certificateText(await file.arrayBuffer()),
    onSuccess: take,
  })
  return (
    <>
      <FileButton onChange={(file) => file && loading.mutate(file)}>
        {(button) => (
          <Button variant="default" size="xs" mt={8} {...button}>
            {text.certificateFile}
          </Button>
        )}
      </FileButton>
      {loading.error && <Fault error={loading.error} />}
    </>
  )
}

function keptIn({ issuer, thirdPartyAuthenticationUrl, singleLogout }: SetUpConnection): Values {
  return {
    issuer: issuer ?? '',
    thirdPartyAuthenticationUrl: thirdPartyAuthenticationUrl ?? '',
    certificate: '',
    singleLogout: { url: singleLogout.url ?? '' },
  }
}

function changeOf(values: Values, issuerCertificates: readonly string[]): ProviderChange {
  const orNull = (value: string) => value.trim() || null
  return {
    issuer: orNull(values.issuer),
    thirdPartyAuthenticationUrl: orNull(values.thirdPartyAuthenticationUrl),
    issuerCertificates: issuerCertificates.length === 0 ? null : [...issuerCertificates],
    singleLogout: { url: orNull(values.singleLogout.url) },
  }
}
