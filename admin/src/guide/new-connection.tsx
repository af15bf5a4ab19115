import '#look/guide.css'
import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { BodyOf } from '#api/api.tsx'
import { useHere } from '#api/here.ts'
import { baseOf, usePlace } from '#frame/places.tsx'
import { ProductChoice } from '#guide/product-choice.tsx'
import type { Product } from '#guide/setting-up.ts'
import { Loaded } from '#parts/answers.tsx'
import { ApiForm } from '#parts/form.tsx'
import { Page } from '#parts/page.tsx'
import { connections } from '#words/connections.ts'
import { newConnection as text } from '#words/set-up.ts'

type Body = NonNullable<BodyOf<'/api/v1/environments/{environmentId}/connections', 'post'>>

/** Names for the guide to show; the identity provider's own may be entered in it. */
const attributes = { firstName: 'firstName', lastName: 'lastName', email: 'email' }

export function NewConnectionPage() {
  const here = useHere()
  const base = baseOf(usePlace())
  const query = useQuery({ queryKey: here.key('guides'), queryFn: () => here.get('guides') })
  return (
    <Page title={text.title} intro={text.intro} back={{ to: `${base}/connections`, label: connections.title }}>
      <Loaded query={query}>{({ items }) => <NewConnection products={items} />}</Loaded>
    </Page>
  )
}

function NewConnection({ products }: { readonly products: readonly Product[] }) {
  const here = useHere()
  const base = baseOf(usePlace())
  const navigate = useNavigate()
  const queries = useQueryClient()
  const form = useForm({
    initialValues: { product: '', name: '' },
    validate: { product: (value) => (value === '' ? text.productNeeded : null) },
  })
  const nameOf = (product: string) => products.find((one) => one.product === product)?.name ?? ''
  const choose = (product: string) => {
    // A name that somebody typed stays.
    if (form.values.name === nameOf(form.values.product)) form.setFieldValue('name', nameOf(product))
    form.setFieldValue('product', product)
  }
  const send = async ({ product, name }: typeof form.values) => {
    const body = {
      name,
      product: product as NonNullable<Body['product']>,
      state: 'draft',
      createUsers: { attributes },
    } as const
    const { data } = await here.post('connections', { body })
    await queries.invalidateQueries({ queryKey: here.key('connections') })
    await navigate({ to: `${base}/connections/${data.ticket}/guide` })
  }
  return (
    <section className="section" aria-label={text.title}>
      <ApiForm form={form} send={send} submit={text.submit}>
        <ProductChoice products={products} value={form.values.product} onChange={choose} error={form.errors.product} />
        <TextInput className="form" label={text.name} description={text.nameHelp} {...form.getInputProps('name')} />
      </ApiForm>
    </section>
  )
}
