import Dispatch
import Glibc

/// Says on standard error that a job goes on when the user ends the client by Ctrl-C; then the client ends as by that signal.
struct Interruption {
    private let source: any DispatchSourceSignal

    /// - Parameter job: The id of the job that is waited for.
    init(job: String) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT)
        source.setEventHandler {
            Terminal.writeError(
                "\nJob \(job) goes on. 'confd_client watch \(job)' shows it until its end, 'confd_client result \(job)' "
                    + "tells how it ended, and 'confd_client stop \(job)' stops it.\n")
            signal(SIGINT, SIG_DFL)
            kill(getpid(), SIGINT)
        }
        source.resume()
    }

    /// The signal ends the client again without a word.
    func end() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
