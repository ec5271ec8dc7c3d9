#include "core/spec/protocol.h"

namespace crux::protocol {

Json request(std::int64_t id, std::string_view method, Json params) {
    return Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
}

Json reply(const Json& id, Json result) {
    return Json{{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

Json errorReply(const Json& id, int code, const Error& error) {
    Json data{{"code", errorCodeName(error.code)}};
    if (!error.where.empty())
        data["where"] = error.where;
    if (!error.detail.empty())
        data["detail"] = error.detail;
    return Json{{"jsonrpc", "2.0"},
                {"id", id},
                {"error", {{"code", code}, {"message", error.message}, {"data", std::move(data)}}}};
}

Json notification(std::string_view method, Json params) {
    return Json{{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}};
}

namespace {
/// The peer may be of any make: a field that is not a string counts as absent.
std::string textOr(const Json& object, const char* key, std::string fallback) {
    if (!object.is_object())
        return fallback;
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>()
                                                       : std::move(fallback);
}
} // namespace

Error errorFromReply(const Json& errorObject) {
    Error error;
    error.message = textOr(errorObject, "message", "The worker failed without saying why.");
    const Json data = errorObject.is_object() ? errorObject.value("data", Json()) : Json();
    error.code = errorCodeFromName(textOr(data, "code", "protocol"));
    error.where = textOr(data, "where", {});
    error.detail = textOr(data, "detail", {});
    return error;
}

} // namespace crux::protocol
