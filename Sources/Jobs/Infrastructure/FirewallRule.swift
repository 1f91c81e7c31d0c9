import JobEngine

extension Shape {
    /// One rule of a firewall, in the words of clouds.
    static let firewallRule = Shape.object(
        "FirewallRule", "What a firewall lets through.",
        [
            .has("CidrIp", .form(network, like: "10.0.0.0/8"), "The network at the other end."),
            .has("IpProtocol", .form("^[!-~]{1,60}$", like: "tcp"), "Such as tcp."),
            .has("FromPort", port, "The first port; -1 for all."),
            .has("ToPort", port, "The last port; -1 for all."),
        ])

    private static let port = Shape.within(-1...65_535)
    /// An IPv4 network: clouds have another member for those of IPv6.
    private static let network: String = {
        let byte = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
        return "^(\(byte)[.]){3}\(byte)/(3[0-2]|[12]?[0-9])$"
    }()
}
