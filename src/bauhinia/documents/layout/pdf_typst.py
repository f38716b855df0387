"""The Typst program that measures and paints a PDF's translations.

Its data are all in `units.json`: no word of a document is ever part of the program.
"""

PROGRAM = rb"""
#let data = json("units.json")
#set text(lang: data.lang, region: data.region, top-edge: 0.8em, bottom-edge: -0.2em, hyphenate: false)
#set par(spacing: 0pt)

#let look(token) = {
  let (words, bold, italic, colour, shift) = token
  let shown = text(
    weight: if bold { "bold" } else { "regular" },
    style: if italic { "italic" } else { "normal" },
    fill: rgb(colour),
    words,
  )
  if shift > 0 { super(typographic: false, size: 0.62em, baseline: -0.36em, shown) }
  else if shift < 0 { sub(typographic: false, size: 0.62em, baseline: 0.14em, shown) }
  else { shown }
}

#let size-of(unit, step) = unit.size * step.at(0) * 1pt

// The words from one token up to another, as they stand in a frame.
#let set-words(unit, from, to, step) = {
  let begins = from == 0
  let ends = to == unit.tokens.len()
  let hang = if unit.first < 0 { -unit.first * 1pt } else { 0pt }
  let place = if unit.align == "centre" { center } else if unit.align == "right" { right } else { left }
  set text(size: size-of(unit, step), font: data.fonts.at(unit.face))
  set align(place)
  par(
    leading: (step.at(1) - 1) * 1em,
    justify: unit.align == "justify",
    first-line-indent: (amount: if begins and unit.first > 0 { unit.first * 1pt } else { 0pt }, all: true),
    hanging-indent: if begins { hang } else { 0pt },
    {
      if begins and unit.label != none {
        let label = look(unit.label)
        box(width: calc.max(hang, measure(label).width + 0.3em.to-absolute()), label)
      }
      for token in unit.tokens.slice(from, to) { look(token) }
      if ends and unit.tail != "" {
        h(0.3em)
        box(width: 1fr, repeat(gap: 0.15em)[.])
        h(0.3em)
        unit.tail.trim()
      }
      if not ends and unit.align == "justify" { linebreak(justify: true) }
    },
  )
}

#let fits(unit, frame, from, to, step) = {
  let room = (frame.bottom - frame.base) * 1pt + 0.8 * size-of(unit, step) + 0.3pt
  measure(width: frame.width * 1pt, set-words(unit, from, to, step)).height <= room
}

// Whether the longest word that no line may break fits into one.
#let wide-enough(unit, step) = {
  if unit.widest == "" { return true }
  let narrowest = calc.min(..unit.frames.map(frame => frame.width)) * 1pt
  let hang = if unit.first < 0 { -unit.first * 1pt } else { 0pt }
  let bold = unit.tokens.any(token => token.at(1))
  let word = text(
    size: size-of(unit, step),
    font: data.fonts.at(unit.face),
    weight: if bold { "bold" } else { "regular" },
    unit.widest,
  )
  measure(word).width + hang <= narrowest + 0.5pt
}

// Where the words of each frame end, or none when they do not fit.
#let parted(unit, step) = {
  if not wide-enough(unit, step) { return none }
  let count = unit.tokens.len()
  let ends = ()
  let from = 0
  for (index, frame) in unit.frames.enumerate() {
    if fits(unit, frame, from, count, step) {
      ends.push(count)
      from = count
    } else if index + 1 == unit.frames.len() {
      return none
    } else {
      let (low, high) = (from, count)
      while high - low > 1 {
        let middle = calc.quo(low + high, 2)
        if fits(unit, frame, from, middle, step) { low = middle } else { high = middle }
      }
      ends.push(low)
      from = low
    }
  }
  ends
}

#let first-step(unit) = {
  for (index, step) in unit.steps.enumerate() {
    let ends = parted(unit, step)
    if ends != none { return (index, ends) }
  }
  (-1, ())
}

#let paint(unit, number) = context {
  let (index, ends) = first-step(unit)
  let step = unit.steps.at(index)
  if index < 0 { ends = unit.frames.map(frame => unit.tokens.len()) }
  let from = 0
  for (frame, to) in unit.frames.zip(ends) {
    if frame.page == number and (to > from or (from == 0 and frame == unit.frames.first())) {
      let above = frame.base * 1pt - 0.8 * size-of(unit, step)
      place(top + left, dx: frame.x * 1pt, dy: above, block(
        width: frame.width * 1pt,
        set-words(unit, from, to, step),
      ))
    }
    from = to
  }
}

// How far each unit of a stack moves, or none when together they do not fit: down where one above has
// grown, up where the last would run over the end.
#let moves(stack, step) = {
  let (owns, tops, heights) = ((), (), ())
  // White space shrinks with the distance of lines.
  let whites = stack.gaps.map(gap => gap * 1pt * (if step < 3 { 1 } else { 0.6 }))
  for (index, white) in stack.units.zip(whites) {
    let unit = data.units.at(index)
    let way = unit.steps.at(step)
    let frame = unit.frames.first()
    if not wide-enough(unit, way) { return none }
    let own = frame.base * 1pt - 0.8 * size-of(unit, way)
    tops.push(if tops == () { own } else { calc.max(own, tops.last() + heights.last() + white) })
    heights.push(measure(width: frame.width * 1pt, set-words(unit, 0, unit.tokens.len(), way)).height)
    owns.push(own)
  }
  let end = stack.bottom * 1pt + 0.3pt
  for place in range(tops.len()).rev() {
    tops.at(place) = calc.min(tops.at(place), end - heights.at(place))
    end = tops.at(place) - whites.at(place)
  }
  if tops.first() < owns.first() - 0.1pt { return none }
  tops.zip(owns).map(pair => (pair.at(0) - pair.at(1)) / 1pt)
}

#let fit-alone(index) = {
  let step = first-step(data.units.at(index)).at(0)
  [#metadata((index, step, 0)) <fit>]
}

#let fit-stack(stack) = {
  for step in range(data.units.at(stack.units.first()).steps.len()) {
    let shifts = moves(stack, step)
    if shifts != none {
      return for (index, shift) in stack.units.zip(shifts) { [#metadata((index, step, shift)) <fit>] }
    }
  }
  for index in stack.units { fit-alone(index) }
}

#if data.work == "measure" {
  for stack in data.stacks { context fit-stack(stack) }
  for index in data.alone { context fit-alone(index) }
} else {
  for sheet in data.sheets {
    let (number, width, height, held) = sheet
    page(width: width * 1pt, height: height * 1pt, margin: 0pt, fill: none, {
      for index in held { paint(data.units.at(index), number) }
    })
  }
}
"""
