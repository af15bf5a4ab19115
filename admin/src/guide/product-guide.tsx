import '#look/guide.css'
import { Button, Group, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { Guide, type OwnStep } from '#guide/guide.tsx'
import { ProductChoice } from '#guide/product-choice.tsx'
import { type Product, type ProviderChange, useSettingUp } from '#guide/setting-up.ts'
import { ApiForm } from '#parts/form.tsx'
import { Section } from '#parts/page.tsx'
import { guide as text } from '#words/set-up.ts'

/** The guide of the product that the connection says, and the choice of one where it says none or the wrong one. */
export function ProductGuide(props: { readonly products: readonly Product[]; readonly ownSteps?: readonly OwnStep[] }) {
  const { products, ownSteps = [] } = props
  const { connection, mayChange } = useSettingUp()
  const [choosing, setChoosing] = useState(false)
  const chosen = products.find(({ product }) => product === connection.product)
  if ((chosen === undefined || choosing) && mayChange)
    return <Choice products={products} now={chosen?.product ?? ''} done={() => setChoosing(false)} />
  // Whoever may only look sees the guide that fits any.
  const shown = chosen ?? products.at(-1)
  if (shown === undefined) return undefined
  return (
    <>
      <Group gap="sm" align="center">
        <Text c="dimmed">{text.productIs(shown.name)}</Text>
        {mayChange && (
          <Button variant="subtle" size="compact-sm" onClick={() => setChoosing(true)}>
            {text.otherProduct}
          </Button>
        )}
      </Group>
      <Guide product={shown.product} ownSteps={ownSteps} />
    </>
  )
}

function Choice(props: { readonly products: readonly Product[]; readonly now: string; readonly done: () => void }) {
  const { products, now, done } = props
  const { change } = useSettingUp()
  const form = useForm({ initialValues: { product: now } })
  const send = async ({ product }: { readonly product: string }) =>
    change({ product: (product || null) as NonNullable<ProviderChange['product']> | null })
  return (
    <Section title={text.chooseProduct}>
      <ApiForm form={form} send={send} done={done} submit={text.chosen} disabled={form.values.product === ''}>
        <ProductChoice
          products={products}
          value={form.values.product}
          onChange={(product) => form.setFieldValue('product', product)}
          error={form.errors.product}
        />
      </ApiForm>
    </Section>
  )
}
