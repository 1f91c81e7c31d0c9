package import Replication
import Values

extension WitnessSign {
    private static let textLimit = 300

    /// It as it is sent.
    var value: Value { .members(["version": .string(version), "fault": fault.map(Value.string)]) }

    /// Reads what ``value`` wrote; `nil` for anything else.
    init?(_ value: Value) {
        guard let version = value["version"]?.string, version.utf8.count <= 100 else { return nil }
        let fault = value["fault"]?.string.map { String($0.prefix(Self.textLimit)) }
        self.init(version: version, fault: fault?.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    /// By which a witness says how it is.
    ///
    /// - Parameter take: Is handed what the node that asks tells.
    package static func route(_ take: @escaping @Sendable (WitnessQuestion) async -> WitnessSign) -> PeerRoute {
        PeerRoute(WitnessQuestion.route, questionLimit: 512 << 10) { question throws(PeerFault) in
            guard let told = WitnessQuestion(question.body) else {
                throw PeerFault(.malformed, "What is told of the cluster cannot be read: another version?")
            }
            return .value(await take(told).value)
        }
    }
}
