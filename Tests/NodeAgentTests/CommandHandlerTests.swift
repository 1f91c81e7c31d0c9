import Access
import JobEngine
import Logging
import NodeAgent
import NodeCommands
import Support
import Testing
import Values

/// No bucket is served.
private struct NoBuckets: BucketFiles {
    func store(_ source: String, as name: String, bucket: String, service: String) async throws(JobError) {}
}

/// Nothing is kept of anybody.
private struct NoHistory: Pseudonymiser {
    func pseudonymise(_ request: PseudonymRequest) async throws(JobError) -> PseudonymReport {
        PseudonymReport(pseudonym: request.names.pseudonym)
    }
}

/// There are no targets.
private struct NobodyToTell: NotificationTargets {
    var standings: [NotificationStanding] { [] }
    func tryTarget(_ name: String) async throws(JobError) { throw JobError(.objectMissing, name) }
}

struct CommandHandlerTests {
    let place: TemporaryInstallation

    init() throws { place = try TemporaryInstallation() }

    @Test func everyCommandHasAHandlerOfItsOwn() {
        let engine = DatabaseEngine(path: "/nowhere", user: "nobody")
        let (time, logger) = (SystemTimeSource(), Logger(label: "test"))
        let accounts = ArchiveAccounts(engine, user: "nobody")
        let watch = DatabaseWatch(engine, root: place.root, time: time, logger: logger)
        var handlers = CommandHandler.builtIn + CommandHandler.databases(watch, accounts)
        handlers += CommandHandler.infrastructure(.provider(""))
        handlers += CommandHandler.monitoring(.exporter(""))
        handlers += CommandHandler.collecting(
            store: InMemoryStore(), trail: InMemoryAudit(), buckets: NoBuckets(), accounts: accounts)
        handlers.append(.pseudonymising(NoHistory()))
        handlers += CommandHandler.notifying(NobodyToTell())
        handlers.append(.checking(NodeAccounts(root: place.root, time: time, logger: logger)))
        let names = handlers.map(\.name)
        #expect(names.sorted() == CommandRegistry.all.map { $0.name }.sorted())
        #expect(Set(names).count == names.count)
    }

    @Test func whatIsNotReadableIsToldByItsName() async throws {
        let agent = NodeAgent(node: 11, root: place.root)
        let job = JobID(node: 11, number: 1)
        let faults: [([String: Value], String)] = [
            (["path": "/exa/etc/license.xml"], "The argument 'text' is missing."),
            (["path": 1, "text": ""], "The argument 'path' must be a text."),
        ]
        for (step, (arguments, message)) in faults.enumerated() {
            let outcome = await agent.run(Command("license.install", on: 11, arguments), job: job, step: step)
            #expect(outcome == .failed(code: 2, message: message))
        }
    }
}
