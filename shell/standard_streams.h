#pragma once

namespace annals::shell {

/// Gives the numbers of standard streams that are closed to something that can be used as little:
/// else the next file that is opened, one of the database's perhaps, would get them, and what is
/// printed would go there. The first thing that a program does.
void occupy_closed_streams();

}  // namespace annals::shell
