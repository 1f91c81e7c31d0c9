import EXAConf
import JobEngine
import NodeCommands

/// The hosts a remote volume is reached at, which may not be this machine or its link: whoever makes volumes would reach
/// services there that trust the machine.
struct StoreHosts {
    /// As the volume names them; none for stores whose hosts their kind decides.
    let names: [String]
    private let volume: String
    private let account: ExternalProgram.Account?

    /// - Parameter account: Whom names are looked up as.
    init(of archive: ArchiveReference, account: ExternalProgram.Account?) {
        volume = archive.name
        self.account = account
        let url = StoreURL(archive.url ?? "")
        let isNamed = !["", "file", "gs"].contains(archive.type ?? "") && url.scheme != "s3"
        let proxies = StoreOptions.all(of: archive).filter { $0.name == "proxy" }.map { StoreURL("http://\($0.value)") }
        names = ((isNamed ? [url] : []) + proxies).map(\.host).filter { !$0.isEmpty }
    }

    /// Asks what addresses the hosts have now.
    ///
    /// - Returns: Addresses by host, in the order in which they are to be tried; a host that nobody knows has none.
    /// - Throws: `refused` when one of them is of this machine or its link and not listed by the operator, or nobody answers
    ///   in time.
    func addresses(_ call: ActionCall) async throws(ActionError) -> [String: [String]] {
        let own = Set(Machine.addresses().compactMap { IPAddress(bytes: $0) })
        var found: [String: [String]] = [:]
        for host in names {
            let addresses = try await addresses(of: host, call)
            for address in addresses.sorted() {
                guard let fault = call.root.roots.fault(ofArchiveAt: address, own: own) else { continue }
                let place = address == host ? host : "\(host) (\(address))"
                throw .refused(
                    JobError(.unsupported, "Archive volume \(volume) is not reached: \(place) \(fault)"))
            }
            found[host] = addresses
        }
        return found
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
            var found: [String] = []
            for address in lines.compactMap({ $0.split(separator: " ").first.map(String.init) })
            where !found.contains(address) { found.append(address) }
            return found
        } catch {
            guard error == .timedOut else { throw error }
            try call.check()
            throw .refused(
                JobError(
                    .archiveUnreachable, "Archive volume \(volume): nobody says in time which address \(host) has."))
        }
    }
}

/// The options of a remote volume, as its configuration has them: `timeout=30,proxy=host:3128`.
enum StoreOptions {
    /// Each with the value behind its `=`, empty without one.
    static func all(of archive: ArchiveReference) -> [(name: String, value: String)] {
        (archive.options ?? "").split(whereSeparator: { $0 == " " || $0 == "," || $0 == ";" }).map { option in
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        }
    }
}
