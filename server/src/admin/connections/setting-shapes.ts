// The settings of a connection as the API takes and shows them, made of the schemas that judge them: a field that is
// added there is here by itself.

import { z } from 'zod'
import { strictObject } from '#connections/strict-object.ts'

type Shape = Readonly<Record<string, z.ZodType>>

/** Absent: as it is; null: none. */
export function changeableShape(shape: Shape, emptied: readonly string[] = []): Record<string, z.ZodType> {
  return mapped(shape, (key, field, isOptional) => {
    if (field instanceof z.ZodObject) return strictObject(changeableShape(field.shape as Shape)).optional()
    return isOptional || emptied.includes(key) ? field.nullable().optional() : field.optional()
  })
}

/** Absent is null, and text is any text: what is stored was judged when it was taken. */
export function readableShape(shape: Shape, emptied: readonly string[] = []): Record<string, z.ZodType> {
  return mapped(shape, (key, field, isOptional) => {
    if (field instanceof z.ZodObject) return z.object(readableShape(field.shape as Shape))
    const plain = plainOf(field)
    return isOptional || emptied.includes(key) ? plain.nullable() : plain
  })
}

/** Every field of the shape, null where it is absent or empty. */
export function shownFields(shape: Shape, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(shape).map(([key, schema]) => {
    const { field } = bared(schema)
    const value = values[key]
    if (field instanceof z.ZodObject)
      return [key, shownFields(field.shape as Shape, (value ?? {}) as Record<string, unknown>)]
    return [key, value === undefined || value === '' ? null : value]
  })
  return Object.fromEntries(entries)
}

function mapped(shape: Shape, change: (key: string, field: z.ZodType, isOptional: boolean) => z.ZodType) {
  const entries = Object.entries(shape).map(([key, schema]) => {
    const { field, isOptional } = bared(schema)
    const description = schema.description ?? field.description
    const made = change(key, field, isOptional)
    return [key, description === undefined ? made : made.describe(description)]
  })
  return Object.fromEntries(entries) as Record<string, z.ZodType>
}

/** Without its default, and whether it may be absent. */
function bared(schema: z.ZodType): { readonly field: z.ZodType; readonly isOptional: boolean } {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return { field: schema.unwrap() as z.ZodType, isOptional: false }
  if (schema instanceof z.ZodOptional) return { field: schema.unwrap() as z.ZodType, isOptional: true }
  return { field: schema, isOptional: false }
}

function plainOf(field: z.ZodType): z.ZodType {
  if (field instanceof z.ZodString || field instanceof z.ZodPipe) return z.string()
  if (field instanceof z.ZodArray) return z.array(plainOf(field.element as z.ZodType))
  return field
}
