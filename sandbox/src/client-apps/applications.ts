/** The two applications, as far as they differ. */
import { demo } from '../demo.ts'

/** One of an application's OAuth clients: each of its editions has an id of its own. */
export type Edition = { readonly clientId: string; readonly label: string }

export type Application = {
  readonly name: 'Media Helper' | 'Tempo'
  /** Its page; the other addresses lie below. */
  readonly path: '/media-helper' | '/tempo'
  readonly editions: readonly [Edition, ...Edition[]]
  /**
   * Where answers arrive. `loopback`: at a listener that the program opens on a free port (RFC 8252 section 7.3).
   * `claimed`: at an https address that the telephone hands to the application (section 7.2); here one of the sandbox.
   */
  readonly answers: 'loopback' | 'claimed'
  readonly about: string
  readonly comesBack: string
}

const { mediaHelper, tempoAndroid, tempoIos } = demo.clients

export const applications: readonly [Application, Application] = [
  {
    name: 'Media Helper',
    path: '/media-helper',
    editions: [{ clientId: mediaHelper, label: 'Media Helper' }],
    answers: 'loopback',
    about:
      'A desktop program that carries the sound of calls past a virtual desktop. It runs on the person’s own machine.',
    comesBack:
      'For each sign-in it listens on a free port of 127.0.0.1, as desktop programs do, until the answer is there or a minute is over. So the browser must run on the same machine as the sandbox.',
  },
  {
    name: 'Tempo',
    path: '/tempo',
    editions: [
      { clientId: tempoAndroid, label: 'Tempo for Android' },
      { clientId: tempoIos, label: 'Tempo for iOS' },
    ],
    answers: 'claimed',
    about: 'A mobile application for working hours, on the person’s own telephone. Its two editions are two clients.',
    comesBack:
      'A telephone hands it an https address that it has claimed. Here there is no telephone, so the answer comes to an address of the sandbox.',
  },
]
