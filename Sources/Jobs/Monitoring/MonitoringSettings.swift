import EXAConf
import JobEngine
import NodeCommands
import Values

/// What the section `[Monitoring]` holds.
struct MonitoringSettings {
    static let section: SectionPath = ["Monitoring"]

    let broker: String
    let clusterID: String
    let user: String
    let password: String

    /// - Throws: ``JobError`` for a broker that is no host with a port, or a text the file cannot hold.
    init(_ arguments: Arguments) throws(JobError) {
        broker = try arguments.required("broker")
        clusterID = try arguments.required("cluster_id")
        user = try arguments.required("sasl_user")
        password = try arguments.required("sasl_password")
        let given = ["broker": broker, "cluster_id": clusterID, "sasl_user": user].sorted { $0.key < $1.key }
        if let error = JobError(given.flatMap { StorableText.faults(of: .string($0.value), at: $0.key) }) {
            throw error
        }
        for (name, text) in given where text.isEmpty { throw .invalid(name, "'\(name)' must not be empty.") }
        try PlainPassword.check(password, of: "sasl_password")
        let parts = broker.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, parts.first?.isEmpty == false, let port = parts.last.flatMap({ Int($0) }),
            (1...65_535).contains(port)
        else { throw .invalid("broker", "'broker': give a host and a port, like broker.example.com:9090.") }
    }

    /// Adds the section, the password as base64.
    func add(to document: inout Document) throws(JobError) {
        try document.edit { (draft) throws(EXAConfError) in
            try draft.addSection(Self.section)
            try draft.set("Broker", to: broker, in: Self.section)
            try draft.set("ClusterID", to: clusterID, in: Self.section)
            try draft.set("SASLUser", to: user, in: Self.section)
            try draft.set("SASLPasswd", to: Base64.encode(password.utf8), in: Self.section)
        }
    }

    /// The same for the command that starts an exporter.
    var command: MonitoringStart {
        MonitoringStart(broker: broker, cluster: clusterID, user: user, password: password)
    }
}
