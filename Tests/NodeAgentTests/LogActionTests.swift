import FoundationEssentials
import JobEngine
import NodeAgent
import Testing
import Values

struct LogActionTests {
    let place: TemporaryInstallation

    init() throws {
        place = try TemporaryInstallation()
        for (name, text) in [
            ("databases/DB1/postgresql.log", Self.database), ("databases/DB2/postgresql.log", Self.other),
            ("cored.log", Self.json),
        ] {
            let path = "\(place.root.logs)/\(name)"
            try FileManager.default.createDirectory(
                atPath: String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]),
                withIntermediateDirectories: true)
            try place.write(text, to: path)
        }
    }

    private static let database = """
        2026-01-02 03:04:04.999 UTC [7] LOG:  before
        2026-01-02 03:04:05.000 UTC [7] LOG:  starting
        2026-01-02 03:04:06.120 UTC [7] ERROR:  relation "x" does not exist
        \tat character 15
        2026-01-02T05:04:07+0200 warning confd: CREATE USER bob PASSWORD 'tell nobody' LOGIN
        2026-01-02 03:04:08 UTC [7] LOG:  after

        """
    private static let other = "2026-01-02 03:04:05.500 UTC [9] LOG:  second database\n"
    private static let json = """
        {"time": "2026-01-02T03:04:05Z", "level": "notice", "message": "Authorization: Bearer abc.def"}

        """

    private func collect(_ arguments: [String: Value], step: Int = 0) async -> CommandOutcome {
        let start = 1_767_323_045_000
        let agent = NodeAgent(node: 11, root: place.root)
        let all: [String: Value] = ["services": ["DWAd"], "from": .int(start), "until": .int(start + 3000)]
        return await agent.run(
            Command("log.collect", on: 11, all.merging(arguments) { $1 }), job: JobID(node: 11, number: 1), step: step)
    }

    private func texts(_ arguments: [String: Value], step: Int = 0) async -> [String] {
        guard case .ok(let events) = await collect(arguments, step: step) else { return ["failed"] }
        return (events.list ?? []).compactMap { $0["text"]?.string?.split(separator: "\n").first.map(String.init) }
    }

    @Test func eventsWithinTheTimeAreToldInItsOrder() async throws {
        guard case .ok(let events) = await collect([:]) else {
            Issue.record("nothing was collected")
            return
        }
        #expect(events.list?.map { $0["database"] } == ["DB1", "DB2", "DB1", "DB1"])
        #expect(events.list?.map { $0["priority"] } == ["INFO", "INFO", "ERR", "WARN"])
        #expect(
            events.list?.map { $0["time"] } == [
                "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05.500Z", "2026-01-02T03:04:06.120Z",
                "2026-01-02T03:04:07.000Z",
            ])
        #expect(events.list?[2]["text"]?.string?.hasSuffix("\n\tat character 15") == true)
    }

    @Test func secretsAreTakenOut() async {
        let text = "\(await collect(["services": ["DWAd", "cored"]]))"
        #expect(!text.contains("tell nobody") && text.contains("PASSWORD ***"))
        #expect(!text.contains("abc.def") && text.contains("Bearer ***"))
    }

    @Test func databasesAndPrioritiesNarrowIt() async {
        #expect(await texts(["dbs": ["DB2"]]).count == 1)
        #expect(await texts(["levels": ["ERR"], "dbs": ["DB1"]]).count == 1)
        #expect(await texts(["services": ["CORED"]]).count == 1)
    }

    @Test func aTagGoesOnWhereItStopped() async {
        let first = 1_767_323_045_000
        #expect(await texts(["tag": "t", "until": .int(first + 1000)]).count == 2)
        #expect(await texts(["tag": "t", "until": .int(first + 2000)], step: 1).count == 1)
        #expect(await texts(["tag": "t", "until": .int(first + 2000)], step: 2).isEmpty)
        #expect(await texts(["tag": "t"], step: 3).count == 1)
    }

    @Test func servicesThatWriteNoLogAreDeclinedWithThoseThatDo() async {
        guard case .refused(let error) = await collect(["services": ["HealthD"]]) else {
            Issue.record("it was not refused")
            return
        }
        #expect(error.code == .unsupported && error.message.contains("DWAd") && error.message.contains("cored"))
    }
}
