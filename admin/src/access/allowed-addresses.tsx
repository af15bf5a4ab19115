import { Checkbox, Modal, Select, Stack, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Answered } from '#api/api.tsx'
import { type Found, useHere } from '#api/here.ts'
import { ApiProblem } from '#api/problem.ts'
import { linesOf } from '#clients/client-form.tsx'
import { useMay } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { access as text } from '#words/access.ts'

type Addresses = Found<'access/addresses'>

export function AllowedAddresses() {
  const here = useHere()
  const query = useQuery({
    queryKey: here.key('addresses'),
    queryFn: () => here.getTagged('access/addresses'),
  })
  return <Loaded query={query}>{(kept) => <AddressesForm key={kept.etag} kept={kept} />}</Loaded>
}

function AddressesForm({ kept: { data, etag } }: { readonly kept: Answered<Addresses> }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const readOnly = !useMay()('access:write')
  const [asking, setAsking] = useState(false)
  const form = useForm({
    initialValues: {
      ranges: (data.ranges ?? []).join('\n'),
      mode: data.mode ?? 'enforced',
      exemptPurposes: [...(data.exemptPurposes ?? [])] as string[],
      exemptClientIds: (data.exemptClientIds ?? []).join('\n'),
    },
  })
  type Values = typeof form.values
  const save = async (values: Values, confirmed: boolean) => {
    const body = {
      ranges: linesOf(values.ranges),
      mode: values.mode,
      exemptPurposes: values.exemptPurposes as NonNullable<Addresses['exemptPurposes']>,
      exemptClientIds: linesOf(values.exemptClientIds),
      confirmed,
    }
    const saved = await here.put('access/addresses', { body, ifMatch: etag })
    notice(text.addressesSaved)
    queries.setQueryData(here.key('addresses'), saved)
  }
  // Whoever locks out the very place they sit at is asked once more.
  const send = async (values: Values) => {
    try {
      await save(values, false)
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === 'own-address-missing')) throw error
      setAsking(true)
    }
  }
  const lines = { autosize: true, minRows: 3, maxRows: 16, readOnly, spellCheck: false, classNames: { input: 'code' } }
  return (
    <div className="form">
      <ApiForm form={form} send={send} disabled={readOnly}>
        <Textarea label={text.ranges} description={text.rangesHelp} {...lines} {...form.getInputProps('ranges')} />
        <Text size="sm" component="div">
          {text.yourAddress}: <Copyable value={data.yourAddress} what={text.yourAddress} />
        </Text>
        <Select
          label={text.mode}
          description={text.modeHelp}
          data={Object.entries(text.modes).map(([value, label]) => ({ value, label }))}
          allowDeselect={false}
          disabled={readOnly}
          {...form.getInputProps('mode')}
        />
        <Checkbox.Group label={text.purposes} {...form.getInputProps('exemptPurposes')}>
          <Stack gap="xs" mt={4}>
            {Object.entries(text.purposeNames).map(([value, label]) => (
              <Checkbox key={value} value={value} label={label} disabled={readOnly} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Textarea
          label={text.clientIds}
          description={text.clientIdsHelp}
          {...lines}
          minRows={1}
          {...form.getInputProps('exemptClientIds')}
        />
      </ApiForm>
      <Modal opened={asking} onClose={() => setAsking(false)} title={text.confirmTitle} centered>
        <ApiForm
          form={form}
          send={(values) => save(values, true)}
          submit={text.confirm}
          cancel={() => setAsking(false)}
          done={() => setAsking(false)}
        >
          <Text>{text.confirmWhat(data.yourAddress)}</Text>
        </ApiForm>
      </Modal>
    </div>
  )
}
