import { useId } from 'react'
import type { DesktopSettings } from '#settings.ts'
import { type Sight, type State, sights } from '#sign-in/decide.ts'
import type { SignIn } from '#sign-in/sign-in.ts'
import { type Trouble, troubles, type Words } from '#sign-in/troubles.ts'
import { filled, words } from '#words/words.ts'

type Props = {
  readonly settings: DesktopSettings
  readonly state: State
  readonly signIn: SignIn
  readonly leaveConnect: () => Promise<void>
}

/** Everything that somebody sees who is not signed in to Amazon Connect, or not as themselves. */
export function SignInView({ settings, state, signIn, leaveConnect }: Props) {
  const trouble = 'trouble' in state ? state.trouble : undefined
  return (
    <section className="sign-in" aria-live="polite">
      <h1>{words.title}</h1>
      {trouble === undefined ? (
        <Plain settings={settings} state={state} />
      ) : (
        <TroubleView trouble={trouble} settings={settings} state={state} />
      )}
      <Ways settings={settings} state={state} signIn={signIn} trouble={trouble} leaveConnect={leaveConnect} />
      {state.is === 'signing-in' && trouble !== undefined && <Question chosen={state.sight} saw={signIn.saw} />}
    </section>
  )
}

function Plain({ settings, state }: Pick<Props, 'settings' | 'state'>) {
  if (state.is === 'signing-in' || state.is === 'ready') return <p role="status">{words.waiting}</p>
  return (
    <>
      <p>{words.intro}</p>
      <p className="quiet">{settings.singleSignOn ? words.introSingleSignOn : words.introLogin}</p>
      {state.is === 'looking' && (
        <p className="quiet" role="status">
          {words.looking}
        </p>
      )}
    </>
  )
}

function TroubleView({ trouble, settings, state }: { readonly trouble: Trouble } & Pick<Props, 'settings' | 'state'>) {
  const { title, sentence, cure, administrator, calm }: Words = troubles[trouble]
  const agentName = settings.person?.agentName
  const values = {
    origin: location.origin,
    instance: settings.instanceUrl,
    found: state.is === 'ready' ? (state.agentName ?? '') : '',
    agent: trouble === 'other-agent' ? (agentName ?? '') : agentName == null ? '' : ` (here: ${agentName})`,
  }
  return (
    <div className={calm ? 'notice' : 'trouble'} role={calm ? 'status' : 'alert'}>
      <h2>{title}</h2>
      <p>{filled(sentence, values)}</p>
      <p>{filled(cure, values)}</p>
      {administrator !== undefined && (
        <p className="administrator">
          <strong>{words.forAdministrator}:</strong> {filled(administrator, values)}
        </p>
      )}
      <p className="quiet">
        {words.code} <code>{trouble}</code>
      </p>
    </div>
  )
}

function Ways({ settings, state, signIn, trouble, leaveConnect }: Props & { readonly trouble: Trouble | undefined }) {
  const way = trouble === undefined ? undefined : troubles[trouble].way
  if (way === 'sallyport')
    return (
      <p className="actions">
        <a className="button" href={settings.agentUrl}>
          {words.signIn}
        </a>
      </p>
    )
  if (way === 'log-out')
    return (
      <p className="actions">
        <button type="button" onClick={() => void leaveConnect()}>
          {words.logOutOfConnect}
        </button>
      </p>
    )
  if (state.is === 'ready') return undefined
  if (state.is !== 'signing-in')
    return (
      <p className="actions">
        <button type="button" onClick={signIn.begin}>
          {words.signIn}
        </button>
      </p>
    )
  return (
    <p className="actions">
      {state.closedSince === undefined && way !== 'sign-in' ? (
        <button type="button" onClick={signIn.showWindow}>
          {words.showWindow}
        </button>
      ) : (
        <button type="button" onClick={signIn.begin}>
          {words.signIn}
        </button>
      )}
      <button type="button" className="plain" onClick={signIn.cancel}>
        {words.cancel}
      </button>
    </p>
  )
}

function Question({ chosen, saw }: { readonly chosen: Sight | undefined; readonly saw: (sight: Sight) => void }) {
  const name = useId()
  return (
    <fieldset className="question">
      <legend>{words.whatDoYouSee}</legend>
      {sights.map((sight) => (
        <label key={sight}>
          <input type="radio" name={name} checked={chosen === sight} onChange={() => saw(sight)} />
          {words.sights[sight]}
        </label>
      ))}
    </fieldset>
  )
}
