import Access
import Application
import HTTPTypes
import JobEngine
import Series
import Support
import Testing
import Values

@testable import Gateway
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct SeriesResourceTests {
    private static let begin = 29_000_010

    private static func text(_ minute: Int) -> String { Timestamp(minutes: begin + minute).description }

    /// The numbers of a list, whole ones or not.
    private static func numbers(_ list: Value) -> [Double] {
        (list.list ?? []).compactMap { number in
            if case .double(let number) = number { number } else { number.int.map { Double($0) } }
        }
    }

    /// A board that was told a number each minute.
    private static var board: SeriesBoard {
        let board = SeriesBoard(node: 11)
        for minute in 0..<10 where minute != 4 {
            board.take(
                [SeriesID("node:11", .cpuRatio): Double(minute) / 8, SeriesID("db:SALES", .connections): 3],
                at: Timestamp(minutes: begin + minute))
        }
        return board
    }

    @Test func seriesAreListedWithUnitAndExtent() async throws {
        try await GatewayFixture.running(series: Self.board) { (fixture) async throws in
            let told = try await fixture.get("/series", as: "dba").json()
            #expect(
                told["node"] == 11
                    && told["items"]?.list?.map { $0["id"] } == ["db:SALES:connections", "node:11:cpu_ratio"])
            let cpu = try #require(told["items"]?.list?.last)
            #expect(cpu["unit"] == "ratio" && cpu["object"] == "node:11" && cpu["figure"] == "cpu_ratio")
            #expect(cpu["first_at"] == .string(Self.text(0)) && cpu["last_at"] == .string(Self.text(9)))
            let some = try await fixture.get("/series?object=db:SALES").json()
            #expect(some["items"]?.list?.count == 1)
            #expect(try await fixture.get("/series", as: "reader").status == 403)
        }
    }

    @Test func aSeriesHasAPointForEachStepThatWasMeasured() async throws {
        try await GatewayFixture.running(series: Self.board) { (fixture) async throws in
            let span = "from=\(Self.text(2))&to=\(Self.text(12))"
            let told = try await fixture.get("/series/node:11:cpu_ratio?\(span)").json()
            #expect(told["from"] == .string(Self.text(2)) && told["to"] == .string(Self.text(12)))
            #expect(told["step_s"] == 60 && told["node"] == 11)
            let points = try #require(told["points"]?.list)
            #expect(points.map { $0.list?.first } == [0, 1, 3, 4, 5, 6, 7])
            #expect(points.first.map(Self.numbers) == [0, 0.25, 0.25, 0.25])
            let wide = try await fixture.get("/series/node:11:cpu_ratio?\(span)&step=300").json()
            #expect(wide["points"]?.list?.map(Self.numbers) == [[0, 0.25, 0.5, 0.75], [1, 0.875, 1, 1.125]])
            let none = try await fixture.get("/series/node:11:cpu_ratio?from=\(Self.text(20))&to=\(Self.text(30))")
                .json()
            #expect(none["points"] == [])
        }
    }

    @Test func aSpanThatCannotBeToldIsRefusedWithWhatCan() async throws {
        try await GatewayFixture.running(series: Self.board) { (fixture) async throws in
            let path = "/series/node:11:cpu_ratio"
            for query in [
                "from=\(Self.text(5))&to=\(Self.text(5))", "from=\(Self.text(0))&to=\(Self.text(501))&step=60",
                "from=\(Self.text(0))&to=\(Self.text(9))&step=90", "from=\(Self.text(0))&to=\(Self.text(9))&step=0",
                "from=yesterday",
            ] {
                #expect(try await fixture.get("\(path)?\(query)").code == "query-invalid", "\(query)")
            }
            for name in ["node:12:cpu_ratio", "node:11:sunrise", "x"] {
                #expect(try await fixture.get("/series/\(name)").status == 404, "\(name)")
            }
            let years = try await fixture.get("\(path)?from=1900-01-01T00:00:00Z&to=9999-01-01T00:00:00Z").json()
            #expect((years["step_s"]?.int ?? 0) > 86_400 && years["points"]?.list?.count == 1)
        }
    }

    @Test func theHistoryIsCountedInEqualParts() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            for user in ["admin", "reader"] { _ = try await fixture.submit("test_count", as: user) }
            let now = Int(fixture.engine.time.now)
            let (from, to) = (Timestamp(milliseconds: now - 3_600_000), Timestamp(milliseconds: now + 3_600_000))
            let path = "/history/buckets?from=\(from)&to=\(to)"
            let told = try await fixture.get("\(path)&step=3600").json()
            #expect(told["from"] == .string(from.description) && told["to"] == .string(to.description))
            let items = try #require(told["items"]?.list)
            #expect(items.count == 2 && items.compactMap { $0["jobs"]?.int }.reduce(0, +) == 2)
            #expect(items.compactMap { $0["outcomes"]?["ok"]?.int }.reduce(0, +) == 2)
            #expect(items.compactMap { $0["kinds"]?["job"]?.int }.reduce(0, +) == 2)
            #expect(told["archived"] == false && told["counted_from"] == nil)
            let plain = try await fixture.get("\(path)&by=outcome").json()["items"]?.list ?? []
            #expect(plain.count == 120 && plain.allSatisfy { $0["kinds"] == nil && $0["outcomes"] != nil })
            let own = try await fixture.get("\(path)&step=7200", as: "reader").json()
            #expect(own["items"]?.list?.first?["jobs"] == 1 && own["marks"] == [])
            #expect(try await fixture.get("\(path)&step=10").code == "query-invalid")
            #expect(try await fixture.get("/history/buckets?from=\(to)&to=\(from)").code == "query-invalid")
            #expect(try await fixture.get("\(path)&by=weather").code == "query-invalid")
        }
    }
}
