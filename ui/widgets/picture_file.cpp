#include "ui/widgets/picture_file.h"

#include <QBuffer>
#include <QImage>
#include <QPageSize>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

namespace crux::ui {

namespace {
constexpr double kPxPerInch = 96, kPtPerInch = 72;
constexpr int kMaxPngSide = 30'000;
} // namespace

QByteArray svgOf(const PictureFacts& facts, const PicturePainter& paint) {
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(static_cast<int>(kPxPerInch));
    generator.setSize(facts.size);
    generator.setViewBox(QRect(QPoint(0, 0), facts.size));
    generator.setTitle(facts.title);
    generator.setDescription(facts.description);
    paint(generator);
    return buffer.data();
}

QByteArray pdfOf(const PictureFacts& facts, const PicturePainter& paint) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(static_cast<int>(kPxPerInch));
    writer.setPageSize(QPageSize(QSizeF(facts.size) * kPtPerInch / kPxPerInch, QPageSize::Point,
                                 QString(), QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setTitle(facts.title);
    paint(writer);
    return buffer.data();
}

QByteArray pngOf(const PictureFacts& facts, double scale, const PicturePainter& paint) {
    QSize pixels = facts.size * scale;
    if (pixels.width() > kMaxPngSide || pixels.height() > kMaxPngSide)
        pixels.scale(kMaxPngSide, kMaxPngSide, Qt::KeepAspectRatio);
    QImage image(pixels, QImage::Format_RGB32);
    if (image.isNull())
        return {};
    image.fill(Qt::white);
    image.setDevicePixelRatio(static_cast<double>(pixels.height()) / facts.size.height());
    image.setText(QStringLiteral("Title"), facts.title);
    image.setText(QStringLiteral("Description"), facts.description);
    paint(image);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

Status writeWhole(const QString& file, const QByteArray& content, const QString& what) {
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(content) != content.size() || !out.commit())
        return fail(ErrorCode::Io, what.toStdString() + " could not be written to " +
                                       file.toStdString() + ": " + out.errorString().toStdString() +
                                       ". Choose another folder or free some space.");
    return {};
}

} // namespace crux::ui
