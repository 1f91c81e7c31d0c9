import EXAConf
import JobEngine

/// The hosts a store is reached at, which may not be this machine or its link: whoever makes volumes would reach services
/// there that trust the machine, and be told what they answer.
struct StoreHosts {
    private let volume: String
    private let hosts: [String]
    private let account: ExternalProgram.Account?

    /// - Parameters:
    ///   - volume: Its name, for messages.
    ///   - account: Whom names are looked up as.
    init(_ hosts: [String], of volume: String, account: ExternalProgram.Account?) {
        self.volume = volume
        self.hosts = hosts
        self.account = account
    }

    /// Asks what addresses the hosts have now.
    ///
    /// - Throws: `refused` when one of them is of this machine or its link and not listed by the operator.
    func require(_ call: ActionCall) async throws(ActionError) {
        let own = Set(Machine.addresses().compactMap { IPAddress(bytes: $0) })
        for host in hosts where !host.isEmpty {
            for address in try await addresses(of: host, call) {
                guard let fault = call.root.roots.fault(ofArchiveAt: address, own: own) else { continue }
                let place = address == host ? host : "\(host) (\(address))"
                throw .refused(
                    JobError(.unsupported, "Archive volume \(volume) is not reached: \(place) \(fault)"))
            }
        }
    }

    /// By the system's own means, so that the same is found as by the program that goes there; a name that nobody knows has
    /// no address, which that program tells better.
    private func addresses(of host: String, _ call: ActionCall) async throws(ActionError) -> [String] {
        if IPAddress(host) != nil { return [host] }
        var program = ExternalProgram("/usr/bin/getent")
        program.account = account
        program.arguments = ["--", "ahosts", host]
        do throws(ActionError) {
            let answer = try await program.run([], within: call.within(.seconds(10)))
            let lines = String(decoding: answer.output, as: UTF8.self).split(separator: "\n")
            return Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) }).sorted()
        } catch {
            guard error == .timedOut else { throw error }
            throw .refused(
                JobError(
                    .archiveUnreachable, "Archive volume \(volume): nobody says in time which address \(host) has."))
        }
    }
}
