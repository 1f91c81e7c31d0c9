import Testing

@testable import Values

struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test func aTraceIsTakenOver() {
        let context = TraceContext("00-\(Self.trace)-00f067aa0ba902b7-01")
        #expect(context?.traceID == Self.trace && context?.text == "00-\(Self.trace)-00f067aa0ba902b7-01")
    }

    @Test func aLaterVersionMaySayMore() {
        #expect(TraceContext("cc-\(Self.trace)-00f067aa0ba902b7-01-what-else")?.traceID == Self.trace)
    }

    @Test(arguments: [
        nil, "", "00", "00-\(trace)-00f067aa0ba902b7", "00-\(trace)-00f067aa0ba902b7-01-more",
        "ff-\(trace)-00f067aa0ba902b7-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-\(trace)-0000000000000000-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-\(trace)-00f067aa0ba902b7-1", "00-\(trace)x-00f067aa0ba902b-01", "0-\(trace)-00f067aa0ba902b7-01",
    ])
    func whatIsMalformedCountsAsNone(field: String?) {
        #expect(TraceContext(field) == nil)
    }
}
