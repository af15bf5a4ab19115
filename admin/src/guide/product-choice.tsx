import { Input, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Product } from '#guide/setting-up.ts'
import { newConnection as text } from '#words/set-up.ts'

/** All products, with a search among their names. */
export function ProductChoice(props: {
  readonly products: readonly Product[]
  readonly value: string
  readonly onChange: (product: string) => void
  readonly error?: ReactNode
}) {
  const { products, value, onChange, error } = props
  const [sought, setSought] = useState('')
  const words = sought.toLowerCase().split(/\s+/)
  const found = products.filter(({ product, name }) =>
    words.every((word) => name.toLowerCase().includes(word) || product.includes(word)),
  )
  return (
    <fieldset className="product-choice" aria-describedby={error ? 'product-error' : undefined}>
      <legend>{text.product}</legend>
      <TextInput
        type="search"
        className="narrow"
        label={text.search}
        value={sought}
        onChange={(event) => setSought(event.currentTarget.value)}
      />
      <div className="products">
        {found.map(({ product, name }) => (
          <label key={product}>
            <input
              type="radio"
              name="product"
              value={product}
              checked={product === value}
              onChange={() => onChange(product)}
            />
            {name}
          </label>
        ))}
      </div>
      <Text role="status" size="sm" c="dimmed">
        {found.length === 0 && text.noProduct}
      </Text>
      {error && <Input.Error id="product-error">{error}</Input.Error>}
    </fieldset>
  )
}
