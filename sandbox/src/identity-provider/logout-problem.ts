/** Why a logout does not go on, in a sentence for the person. */
export class LogoutProblem extends Error {
  override readonly name = 'LogoutProblem'
}
