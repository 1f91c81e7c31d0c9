import EXAConf
import JobEngine
import Values

extension VolumePort {
    /// Keys of the file and the parameters they are set by.
    static let parameters = Dictionary(allCases.map { ($0.rawValue, $0.parameter) }) { first, _ in first }

    /// The parameter of this port, such as `ftp_port`.
    var parameter: String { "\(self)_port" }
}

extension Arguments {
    /// The ports that were given.
    func volumePorts() throws(JobError) -> [VolumePort: Int] {
        var ports: [VolumePort: Int] = [:]
        for port in VolumePort.allCases {
            guard let number = int(port.parameter) else { continue }
            guard (0...65_535).contains(number) else {
                throw .invalid(port.parameter, "'\(port.parameter)': 0 to 65535 is allowed.")
            }
            if number != 0, let other = ports.first(where: { $0.value == number })?.key {
                throw .invalid(
                    port.parameter, "'\(port.parameter)': \(number) is the port of '\(other.parameter)' as well.")
            }
            ports[port] = number
        }
        return ports
    }
}
