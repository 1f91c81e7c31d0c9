import HTTPServer
import HTTPTypes
import Hummingbird

/// How long a caller wants to wait for a job: `?wait=30s`, else `Prefer: wait=30`.
package struct Waiting: Hashable {
    /// Whole seconds; 0 for not at all.
    package let seconds: Int
    /// What was applied of the caller's preference, for `Preference-Applied`.
    package let applied: String?

    package init(_ call: Call, longest: Int) {
        let preferred = call.request.headers[.prefer].flatMap(Self.preference)
        guard let wanted = call.query.seconds("wait") ?? preferred else {
            (seconds, applied) = (0, nil)
            return
        }
        seconds = min(wanted, longest)
        applied = call.query["wait"] == nil ? "wait=\(seconds)" : nil
    }

    /// The time to wait at most: a little less than asked for, so that many who began together do not end together.
    package var limit: Duration {
        guard seconds > 0 else { return .zero }
        let milliseconds = seconds * 1000
        return .milliseconds(milliseconds - Int.random(in: 0...milliseconds / 16))
    }

    private static func preference(_ field: String) -> Int? {
        for element in field.split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let element = element.trimmingBlanks
            if element.hasPrefix("wait=") { return Query.seconds(String(element.dropFirst(5))) }
        }
        return nil
    }
}
