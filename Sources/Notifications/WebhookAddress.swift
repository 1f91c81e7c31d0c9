package import EXAConf

/// The address of a webhook, taken apart.
package struct WebhookAddress: Sendable, Hashable {
    /// As it was written, without blanks around it.
    let text: String
    /// A name, or an address without brackets.
    let host: String
    /// Whether what opens the place stands in it: a name before the host.
    let hasPassword: Bool

    /// - Parameter text: `nil` for what is no address of HTTP, is longer than 1,000 bytes, or has a port that is none.
    package init?(_ text: String) {
        guard text.utf8.count <= 1000, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains("#") else {
            return nil
        }
        let lower = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: { lower.hasPrefix($0) }) else { return nil }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        hasPassword = authority.contains("@")
        var rest = place
        if place.hasPrefix("[") {
            guard let end = place.firstIndex(of: "]") else { return nil }
            host = String(place[place.index(after: place.startIndex)..<end])
            guard IPAddress(host) != nil else { return nil }
            rest = place[place.index(after: end)...]
        } else {
            let end = place.firstIndex(of: ":") ?? place.endIndex
            host = String(place[..<end])
            guard host.utf8.allSatisfy({ Self.isLetter($0) }) else { return nil }
            rest = place[end...]
        }
        if !rest.isEmpty {
            guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), (1...65_535).contains(port) else { return nil }
        }
        guard !host.isEmpty else { return nil }
        self.text = text
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

/// Which addresses may be told: those of other machines, and of this one or its link only where the operator lists them.
package struct OutgoingAddresses: Sendable {
    /// Addresses of this machine and its link that are allowed.
    private let allowed: [IPRange]
    /// Tells the addresses of this machine.
    private let own: @Sendable () -> Set<IPAddress>

    /// - Parameters:
    ///   - allowed: Addresses of this machine and its link that may be told.
    ///   - own: Tells the addresses of this machine as they are now.
    package init(allowing allowed: [IPRange], own: @escaping @Sendable () -> Set<IPAddress>) {
        (self.allowed, self.own) = (allowed, own)
    }

    /// Why an address is not told; `nil` when it is.
    func fault(of address: IPAddress, named text: String) -> String? {
        let isOwn = { (address: IPAddress) in own().contains(address) }
        let isOfThisMachine = isOwn(address) || address.embedded.map(isOwn) == true
        guard let locality = address.locality ?? (isOfThisMachine ? "an address of this machine" : nil),
            !allowed.contains(where: { $0.contains(address) })
        else { return nil }
        return "\(text) is \(locality); list it in the setting 'notifications.local_addresses' if it is meant"
    }
}
