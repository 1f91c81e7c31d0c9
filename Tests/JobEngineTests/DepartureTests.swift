import EXAConf
import Support
import Testing
import Values

@testable import JobEngine

/// Nodes a revision has no more.
@Suite struct DepartureTests {
    private let now = Moment(wall: Timestamp(milliseconds: 7), monotonic: .zero)

    private func document(_ nodes: [Int]) throws -> Document {
        var random = RandomSource.counting()
        var document = try Document(parsing: FixtureText.fresh)
        for id in nodes where id != 11 {
            try document.addNode(id: id, NodeSettings(privateNet: "10.10.10.x/24"), using: &random)
        }
        if !nodes.contains(11) { try document.removeNode(11, force: true) }
        return document
    }

    private func record(_ number: Int) -> RevisionRecord {
        RevisionRecord(
            number: number, text: "", sha256: "", checksum: "", user: "admin", at: Timestamp(milliseconds: 5))
    }

    /// The records an edit makes that is followed.
    private func departures(from old: [Int], to new: [Int]) throws -> [LogRecord] {
        let former = try document(old)
        var state = EngineState(
            PublishedConfiguration().following(former, record(1)), nextNumber: 1,
            limits: .init(node: 11, queue: 100, batch: 1))
        let revision = SettledRevision(try document(new), record(2), after: former)
        let step = state.process(.fileExamined(token: nil, .adopted(revision)), at: now)
        return step.records.filter { if case .departure = $0 { true } else { false } }
    }

    @Test func theyAreToldWithTheRevision() throws {
        let time = Timestamp(milliseconds: 5)
        #expect(
            try departures(from: [11, 12, 13, 14], to: [11, 13]) == [
                .departure(node: 12, at: time, by: nil), .departure(node: 14, at: time, by: nil),
            ])
        #expect(try departures(from: [11, 12], to: [11, 12, 13]) == [])
    }

    @Test func whoeverDecidesStays() throws {
        #expect(try departures(from: [11, 12], to: [12]) == [])
    }

    @Test func aNodeAloneKeepsNothingOfIt() {
        let write = StoreWrite([.departure(node: 12, at: now.wall, by: nil), .numbers(through: 4)])
        #expect(write.lastNumber == 4 && write.revisions.isEmpty)
    }
}
