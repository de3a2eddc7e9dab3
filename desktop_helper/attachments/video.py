"""Videos: the pictures in which something has changed, each with its time, in the order of time."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from desktop_helper.attachments import _clip_kinds, _errors
from desktop_helper.core.availability import Availability
from desktop_helper.core.clip_span import AS_A_WHOLE, Span
from desktop_helper.core.clips import clock, fine_clock
from desktop_helper.core.coming import Coming, unseen
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.image_tokens import image_tokens
from desktop_helper.core.messages import CLIP_MIME, FilePart, ImagePart, MediaPart, Moment
from desktop_helper.core.notes import note
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions
from desktop_helper.core.speech import unheard, written

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from desktop_helper.attachments._clip import Clip
    from desktop_helper.attachments._clip_frames import Encoded
    from desktop_helper.attachments._clip_scan import Findings

HEAD_BYTES = 4096
_LOOKING = 0.9  # of the work; the rest is encoding


def _matches(head: bytes, name: str) -> bool:
    return _clip_kinds.looks_like_one(head)


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    return _convert_file(BytesIO(data), name, options)


def _convert_file(file: BinaryIO, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head:
        raise _errors.empty(name)
    import av.error

    from desktop_helper.attachments._clip import NoPictures

    try:
        parts = _read(file, name, options, animation=_clip_kinds.is_animation(head))
    except HelperError:
        raise
    except NoPictures:
        if options.hears:
            return (unheard(name),)
        raise _without_pictures(name) from None
    except av.error.MemoryError as error:
        raise _too_much(name) from error
    except MemoryError:
        raise  # ends this process, and the parent says that the file needs too much
    except Exception as error:  # a damaged file makes FFmpeg say anything
        raise _not_opened(head, name) from error
    if len(parts) == 2 and _clip_kinds.is_animated_gif(head):
        return _as_picture(file, name, options)
    return parts


def _read(file: BinaryIO, name: str, options: ConvertOptions, *, animation: bool) -> tuple[MediaPart, ...]:
    from desktop_helper.attachments._clip import Clip
    from desktop_helper.attachments._clip_frames import Frames, first_of
    from desktop_helper.attachments._clip_scan import scan

    def tell(at: float, duration: float | None) -> None:
        length = clock(duration) if duration else "?"
        message = tr("Looking through {name}, {at} of {duration}", name=name, at=clock(at), duration=length)
        options.on_progress(Progress(message, min(1.0, at / duration) * _LOOKING if duration else None))

    def tell_encoding(share: float) -> None:
        message = tr("Preparing the pictures of {name}", name=name)
        options.on_progress(Progress(message, _LOOKING + (1 - _LOOKING) * share))

    def show(at: float, frame: VideoFrame) -> None:
        if options.on_coming is unseen:
            return
        first = first_of(clip, at, frame, min(options.max_image_tokens, options.video_tokens))
        options.on_coming(Coming(_picture(name, first, _about(clip, at, name, cut.span))))

    clip, cut = Clip(file), options.cut
    try:
        _check_begins(clip, cut.span, name)
        has_sound, has_subtitles = clip.has_sound, clip.has_subtitles
        full = image_tokens(*clip.size)
        frames = Frames(options.max_image_tokens, options.video_tokens, full, cut.most_frames)
        found = scan(file, clip, frames, cut, tell, show)
    finally:
        clip.close()
    if not len(frames):
        raise _errors.damaged(name)
    encoded = frames.encoded(tell_encoding)
    part = _part(cut.span, found)
    words, told, missing = _words(file, name, options, sound=has_sound, subtitles=has_subtitles)
    data, about_it = _as_a_whole(file, name, options, found.duration)
    fact = not missing and not found.broken and (data is not None or not about_it)
    text = sentences(*_about_frames(found, name, part, animation=animation), *told, *about_it)
    parts: list[MediaPart] = [_note(found, name, text, data, fact=fact)]
    parts += [_picture(name, one, Moment(name, one.at, found.duration, found.count, part)) for one in encoded]
    return (*parts, *words)


def _picture(name: str, one: Encoded, moment: Moment) -> ImagePart:
    title = tr("{name}, {at}", name=name, at=fine_clock(one.at))
    tokens = image_tokens(one.width, one.height)
    return ImagePart(one.data, "image/jpeg", one.width, one.height, title, tokens, moment)


def _about(clip: Clip, at: float, name: str, span: Span) -> Moment:
    """Of a picture that is shown before all have been seen."""
    duration = clip.duration or 0.0
    return Moment(name, at, duration, clip.frames, None if span.is_whole else (span.start, span.end or duration))


def _check_begins(clip: Clip, span: Span, name: str) -> None:
    """Raises `HelperError(SOURCE)` for a span behind the end."""
    if clip.duration is not None and span.start > clip.duration:
        raise _errors.unreadable(
            tr("{name} is {duration} long: nothing of it is at {at}.", name=name, at=fine_clock(span.start),
               duration=fine_clock(clip.duration)),
            tr("Choose an earlier part."),
        )  # fmt: skip


def _part(span: Span, found: Findings) -> tuple[float, float] | None:
    """The span as it turned out; None for a whole video."""
    if span.is_whole:
        return None
    end = found.duration if span.end is None else min(span.end, found.duration)
    return span.start, max(span.start, end)


def _as_a_whole(file: BinaryIO, name: str, options: ConvertOptions, duration: float) -> tuple[bytes | None, list[str]]:
    """The video for servers that read videos, if it is meant for one; and what is to be said about that.

    A part of a video goes as pictures: their times are those of the whole one.
    """
    if options.video is None or options.cut != AS_A_WHOLE:
        return None, []
    import av.error

    from desktop_helper.attachments._clip_whole import UnfitError, whole

    def tell(at: float, of: float) -> None:
        message = tr("Encoding {name}, {at} of {duration}", name=name, at=clock(at), duration=clock(of))
        options.on_progress(Progress(message, min(1.0, at / of) if of else None))

    try:
        data = whole(file, name, options.video, duration, tell)
    except UnfitError as reason:
        return None, [str(reason)]
    except av.error.FFmpegError:
        return None, [tr("{name} is sent as single pictures: it cannot be encoded.", name=name)]
    size = f"{max(0.1, len(data) / 1_000_000):.1f}"
    return data, [tr("The server gets the whole video, {size} MB; these frames only if it refuses that.", size=size)]


def _note(found: Findings, name: str, text: str, whole: bytes | None, *, fact: bool) -> FilePart:
    title = tr("{shown} of {count} frames of {name}", name=name, shown=len(found.frames), count=f"{found.count:,}")
    return note(title, text, fact=fact) if whole is None else FilePart(whole, CLIP_MIME, title, text)


def _about_frames(found: Findings, name: str, part: tuple[float, float] | None, *, animation: bool) -> list[str]:
    said = [_what_it_is(found, name, part, animation=animation)]
    if not found.whole:
        said.append(tr("It is long: {count} of them were looked at for changes.", count=f"{found.looked:,}"))
    if found.frames.given_up:
        given_up = found.frames.given_up
        said.append(tr("Frames with smaller changes were left out: {count}.", count=given_up))
    if found.broken:
        end = fine_clock(found.duration)
        said.append(tr("The file breaks off or is damaged; what can be read ends at {at}.", at=end))
    return said


def _what_it_is(found: Findings, name: str, part: tuple[float, float] | None, *, animation: bool) -> str:
    told: dict[str, object] = {"name": name, "duration": fine_clock(found.duration)}
    told |= {"shown": len(found.frames), "count": f"{found.count:,}"}
    if part is not None:
        told |= {"start": fine_clock(part[0]), "end": fine_clock(part[1])}
        return _part_of_animation(told) if animation else _part_of_video(told)
    if animation:
        return tr(
            "{name} is an animation of {duration}; {shown} of its {count} frames are attached, each followed by its "
            "time.",
            **told,
        )
    return tr(
        "{name} is a video of {duration}; {shown} of its {count} frames are attached, each followed by its time.",
        **told,
    )


def _part_of_animation(told: dict[str, object]) -> str:
    return tr(
        "{name} is an animation of {duration}. Of the part from {start} to {end}, {shown} of {count} frames are "
        "attached, each followed by its time in the whole animation.",
        **told,
    )


def _part_of_video(told: dict[str, object]) -> str:
    return tr(
        "{name} is a video of {duration}. Of the part from {start} to {end}, {shown} of {count} frames are attached, "
        "each followed by its time in the whole video.",
        **told,
    )


def _words(
    file: BinaryIO, name: str, options: ConvertOptions, *, sound: bool, subtitles: bool
) -> tuple[tuple[FilePart, ...], list[str], bool]:
    """What is said in it, what is to be told about that, and whether any of it is missing.

    Where there are subtitles, nobody needs to listen.
    """
    from desktop_helper.attachments import _clip_texts

    told = [_clip_texts.chapters(file)]
    found = _clip_texts.subtitles(file, options.cut.span) if subtitles else _clip_texts.Subtitles()
    if found.drawn:
        told.append(tr("Its subtitles are pictures, and are left out."))
    if not found.whole:
        told.append(tr("Its subtitles are attached up to {at}.", at=clock(found.lines[-1].end if found.lines else 0)))
    if found.broken and found.lines:
        told.append(tr("Some of its subtitles are damaged, and are left out."))
    elif found.broken:
        told.append(tr("Its subtitles are damaged, and are left out."))
    missing = found.drawn or found.broken or not found.whole
    if found.lines:
        attached = tr("Its subtitles are attached.")
        told.append(tr("Its sound is left out; its subtitles are attached.") if sound else attached)
        return (written(tr("Subtitles of {name}", name=name), found.lines),), told, missing
    if sound and not options.hears:
        told.append(tr("Its sound is left out: the model does not hear it."))
    return (unheard(name),) if sound and options.hears else (), told, missing or (sound and not options.hears)


def _as_picture(file: BinaryIO, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    from desktop_helper.attachments import image

    file.seek(0)
    return image.first(file.read(), name, options)


def _without_pictures(name: str) -> HelperError:
    return _errors.unreadable(
        tr("{name} holds no moving pictures, and the model does not hear sound.", name=name),
        tr("Attach what was said as text, or choose a model that hears in Settings, Recordings."),
    )


def _too_much(name: str) -> HelperError:
    return _errors.unreadable(
        tr("{name} needs more memory to be read than a file may take.", name=name),
        tr("Attach a smaller one, or a picture of the part that matters."),
    )


def _not_opened(head: bytes, name: str) -> HelperError:
    if _matches(head, name):
        return _errors.damaged(name)
    return _errors.unreadable(
        tr("{name} is not a video that can be read here.", name=name), tr("Check what kind of file it is.")
    )


def _availability() -> Availability:
    from importlib.util import find_spec

    if find_spec("av") is None:
        return Availability(False, tr("The package av is not installed."), tr("Set the app up again."))
    return Availability(True)


HANDLER = AttachmentHandler(
    name="video",
    title=lambda: tr("videos"),
    suffixes=_clip_kinds.SUFFIXES,
    matches=_matches,
    convert=_convert,
    availability=_availability,
    priority=1,  # above pictures, of which animated ones look like any other at first
    convert_file=_convert_file,
    packages=("av", "PIL.Image", "desktop_helper.attachments._clip_scan"),
)
