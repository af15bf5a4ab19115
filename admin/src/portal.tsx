import { MantineProvider } from '@mantine/core'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { createRoot } from 'react-dom/client'
import { ApiProvider, createApi } from '#api/api.tsx'
import { ME } from '#api/me.ts'
import { ApiProblem } from '#api/problem.ts'
import { cssVariablesResolver, theme } from '#look/theme.ts'
import { type Clock, ClockProvider } from '#parts/time.tsx'
import { createPortalRouter } from '#routes.tsx'

/** Draws the portal into an element of the page. */
export function startPortal(place: HTMLElement, { clock }: { readonly clock: Clock }): void {
  // The server's content security policy lets style elements with this nonce through, and no others.
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
  setNonce(nonce)
  // Whose sign-in ended sees the sign-in page where they are; what they looked at stays in the address.
  const noticeEnd = (error: Error): void => {
    if (error instanceof ApiProblem && error.code === 'not-signed-in') queries.setQueryData(ME, null)
  }
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError: noticeEnd }),
    mutationCache: new MutationCache({ onError: noticeEnd }),
    defaultOptions: { queries: { staleTime: 10_000, retry: worthAnotherTry } },
  })
  const router = createPortalRouter()
  createRoot(place).render(
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <ClockProvider clock={clock}>
        <QueryClientProvider client={queries}>
          <ApiProvider api={createApi()}>
            <RouterProvider router={router} />
          </ApiProvider>
        </QueryClientProvider>
      </ClockProvider>
    </MantineProvider>,
  )
}

/** What the service refused, it refuses again; a connection that broke may be back. */
function worthAnotherTry(failures: number, error: Error): boolean {
  return !(error instanceof ApiProblem && error.status < 500) && failures < 2
}
