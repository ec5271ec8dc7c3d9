// Owners of jobs: "host:pid". Internal to the room, and to whoever names itself an owner.
#pragma once

#include <string>

namespace crux::store {

/// "host:pid" of this process.
std::string thisOwner();

/// True when the owner ran on this host and its process is no more. Other hosts: the lease decides.
bool ownerIsGone(const std::string& owner);

} // namespace crux::store
