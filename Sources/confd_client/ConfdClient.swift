import Glibc

/// The command line of ConfD.
@main
struct ConfdClient {
    static func main() async {
        // First of all: a file or connection that is opened later must not take the place of a stream that was closed.
        Terminal.occupyClosedStreams()
        do throws(Failure) {
            let words = try words()
            if words.first == "__complete" { return await complete(Array(words.dropFirst())) }
            try await run(words)
        } catch {
            Terminal.writeError(error.message + "\n" + (error.advice.map { $0 + "\n" } ?? ""))
            exit(error.code.number)
        }
    }

    /// The words of the command line.
    private static func words() throws(Failure) -> [String] {
        var words: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let bytes = CommandLine.unsafeArgv[index] else { break }
            guard let word = String(validatingCString: bytes) else {
                throw .usage("Word \(index) of the command line is no text in UTF-8.")
            }
            words.append(word)
        }
        return words
    }

    private static func run(_ words: [String]) async throws(Failure) {
        let line = try Invocation(words)
        if line.wantsVersion { return Terminal.write("confd_client \(Version.text)\n") }
        if let shell = line.completion {
            guard let script = CompletionScript(rawValue: shell) else {
                throw .usage("'\(shell)' is no shell we know; there is bash, zsh and fish.")
            }
            return Terminal.write(script.text)
        }
        let isHelp = line.wantsHelp || line.command == Verb.help.rawValue && line.words.isEmpty
        if isHelp || line.command == nil && words.isEmpty { return Terminal.write(Usage.text) }
        let daemon = try Daemon(try place(line))
        let session = Session(
            daemon: daemon, line: line, progress: Progress(isShown: Terminal.hasTerminalForErrors),
            display: Display(Variables()))
        do throws(Failure) {
            try await session.run()
        } catch {
            await daemon.close()
            throw error
        }
        await daemon.close()
    }

    /// Answers a shell: fast, and without a word when something is wrong.
    private static func complete(_ words: [String]) async {
        guard let line = try? Invocation([]), var place = try? place(named(in: words)) else { return }
        // There is nobody to ask for a password while a line is being typed.
        if place.user != nil, place.password == nil, place.token == nil, case .hosts = place.target {
            place.token = "-"
        }
        guard let daemon = try? Daemon(place) else { return }
        let session = Session(daemon: daemon, line: line, progress: Progress(isShown: false))
        let candidates = await Completion(words, session: session).candidates()
        Terminal.write(candidates.map { $0 + "\n" }.joined())
        await daemon.close()
    }

    /// Options of a line that is not complete yet, as far as they say where the daemon is.
    private static func named(in words: [String]) -> Invocation {
        var options: [String] = []
        for (option, value) in zip(words, words.dropFirst())
        where ["--host", "--socket", "--cacert", "--cert", "--key", "--credentials", "--context", "-u", "--user"]
            .contains(option)
        {
            options += [option, value]
        }
        return (try? Invocation(options)) ?? Invocation()
    }

    private static func place(_ line: Invocation) throws(Failure) -> Place {
        try Place(line.place, Variables())
    }
}
