/** A test of a connection that went well: thrown like a refusal, because nobody goes on from here. */
export class SigninTested extends Error {
  override readonly name = 'SigninTested'
}
