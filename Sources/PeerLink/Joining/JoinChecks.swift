import Values

/// How far two clocks are apart, by one question and its answer.
package enum ClockComparison {
    /// What is let pass: certificates begin an hour before they are made, but times of jobs are compared by people.
    package static let tolerance = Duration.seconds(5)

    /// The least they can be apart, as the answer was given at some moment between the question and its arrival.
    ///
    /// - Parameters:
    ///   - sent: When it was asked, by the clock of this machine in milliseconds since 1970.
    ///   - theirs: What the other clock showed.
    ///   - received: When the answer was there.
    package static func apart(sent: Int64, theirs: Int64, received: Int64) -> Duration {
        let (early, late) = (min(sent, received), max(sent, received))
        let distance: Int64
        if theirs < early {
            distance = Self.distance(theirs, early)
        } else if theirs > late {
            distance = Self.distance(late, theirs)
        } else {
            distance = 0
        }
        return .milliseconds(distance)
    }

    /// From a number to a larger one.
    private static func distance(_ low: Int64, _ high: Int64) -> Int64 {
        let (distance, isTooFar) = high.subtractingReportingOverflow(low)
        return isTooFar ? .max : distance
    }
}

/// Which version a node runs, and what of the log it can read.
package struct VersionSpan: Sendable, Hashable {
    /// The node; `nil` for a machine that is none yet.
    package let node: Int?
    /// Such as `0.5`.
    package let version: String
    /// The levels it knows.
    package let levels: ClosedRange<Int>

    /// What somebody said of themselves.
    package init(node: Int?, version: String, levels: ClosedRange<Int>) {
        (self.node, self.version, self.levels) = (node, version, levels)
    }

    /// Whether this one can take part where another one does: it knows the level in force there.
    package func fits(_ level: Int) -> Bool { levels.contains(level) }

    /// What this one is told where it does not fit.
    func refusal(of other: VersionSpan) -> String {
        let whose = other.node.map { "node \($0)" } ?? "the cluster"
        return "\(whose) runs \(other.version) (levels \(other.range)), this is \(version) (levels \(range)): install "
            + other.neighbours(of: self).joined(separator: " or ")
    }

    private var range: String { "\(levels.lowerBound)-\(levels.upperBound)" }

    /// Versions that know levels of this one: each minor version adds one, as far as both say so.
    private func neighbours(of other: VersionSpan) -> [String] {
        let (own, others) = (Self.numbers(version), Self.numbers(other.version))
        guard let own, let others, own.major == others.major, levels.count <= 10,
            own.minor - others.minor == levels.upperBound - other.levels.upperBound
        else { return [version] }
        let versions = levels.map { "\(own.major).\(own.minor - (levels.upperBound - $0))" }
        return own.minor >= levels.count - 1 ? versions : [version]
    }

    private static func numbers(_ version: String) -> (major: Int, minor: Int)? {
        let parts = version.split(separator: ".").prefix(2).map { Int($0) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1], (0...9999).contains(major),
            (0...9999).contains(minor)
        else { return nil }
        return (major, minor)
    }
}

/// A port that cannot be used for the cluster.
package struct PortProblem: Sendable, Hashable, CustomStringConvertible {
    /// What the port is for.
    package enum Purpose: String, Sendable, Hashable, CaseIterable {
        case etcdClients = "etcd-client"
        case etcdMembers = "etcd-peer"
        case nodes = "peer"

        /// The setting that gives it another number.
        var setting: String { "cluster.ports.\(rawValue.replacing("-", with: "_"))" }
    }

    /// What is wrong with it.
    package enum Fault: Sendable, Hashable {
        /// Something listens there already; who, where that is known.
        case taken(by: String?)
        /// A connection from one address to the other does not get through.
        case closed(from: String)
    }

    /// Its number.
    package let port: Int
    /// What it is for.
    package let purpose: Purpose
    /// The machine it belongs to.
    package let address: String
    /// What is wrong with it.
    package let fault: Fault

    /// A problem of a port.
    package init(_ port: Int, for purpose: Purpose, of address: String, _ fault: Fault) {
        (self.port, self.purpose, self.address, self.fault) = (port, purpose, address, fault)
    }

    package var description: String {
        switch fault {
        case .taken(let program):
            "port \(port) of \(address) is taken by \(program ?? "another program"): end that, or choose another port with the "
                + "setting \(purpose.setting)"
        case .closed(let source):
            "port \(port) is closed from \(source) to \(address): let it through every firewall between the two"
        }
    }
}
