import EXAConf
import JobEngine

extension BucketFSSettings {
    /// Refuses ports that somebody else of the configuration has, or the daemon itself: such a service would never be
    /// served.
    ///
    /// - Parameter name: The service's, whose own ports are free to it.
    /// - Throws: `objectBusy` naming who has the port.
    func requirePorts(of name: String, _ context: JobContext, in document: Document) throws(JobError) {
        let service = document.bucketFSService(named: name)
        let ports = [
            ("http_port", httpPort ?? service?.httpPort ?? 0), ("https_port", httpsPort ?? service?.httpsPort ?? 0),
        ]
        for (parameter, port) in ports where port > 0 {
            let isTwice = ports.allSatisfy { $0.1 == port }
            // What stays as it is was said before.
            let isNew = parameter == "http_port" ? httpPort != nil : httpsPort != nil
            guard isNew, let holder = isTwice ? "its other protocol" : holder(of: port, name, context, document)
            else { continue }
            let text = "Port \(port) is taken by \(holder): give another one."
            throw JobError(
                .objectBusy, text, faults: [.init(pointer: "/params/\(parameter)", code: .objectBusy, text: text)])
        }
    }

    private func holder(of port: Int, _ name: String, _ context: JobContext, _ document: Document) -> String? {
        if let database = document.databases.first(where: { $0.port == port }) { return "database \(database.name)" }
        let other = document.bucketFSServices.first { $0.name != name && [$0.httpPort, $0.httpsPort].contains(port) }
        if let other { return "file service \(other.name)" }
        return port == context.policy.port ?? document.global.xmlRPCPort ? "this daemon" : nil
    }
}
