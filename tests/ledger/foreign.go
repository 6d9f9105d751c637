// Checks a log with Go's own sumdb packages, which share no code with ours.
//
// Reads one JSON object from standard input, verifies the note, every inclusion and consistency
// proof, and reads a record through the tiles; prints "ok" or the first thing that does not hold.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index, Size int64
	Leaf, Root  []byte
	Proof       [][]byte
}

type consistency struct {
	Size1, Size2 int64
	Root1, Root2 []byte
	Proof        [][]byte
}

type input struct {
	Vkey        string
	Note        []byte
	Size        int64
	Root        []byte
	Tiles       map[string][]byte
	Inclusion   []inclusion
	Consistency []consistency
}

type tiles map[string][]byte

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, tile := range wanted {
		row, found := t[fmt.Sprintf("%d/%d", tile.L, tile.N)]
		if !found || len(row) < 32*tile.W {
			return nil, fmt.Errorf("no tile %v", tile)
		}
		out = append(out, row[:32*tile.W])
	}
	return out, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func hash(b []byte) (h tlog.Hash) {
	copy(h[:], b)
	return h
}

func list(rows [][]byte) (out []tlog.Hash) {
	for _, row := range rows {
		out = append(out, hash(row))
	}
	return out
}

func check(in input) error {
	verifier, err := note.NewVerifier(in.Vkey)
	if err != nil {
		return err
	}
	if _, err := note.Open(in.Note, note.VerifierList(verifier)); err != nil {
		return err
	}
	for _, p := range in.Inclusion {
		if err := tlog.CheckRecord(list(p.Proof), p.Size, hash(p.Root), p.Index, hash(p.Leaf)); err != nil {
			return fmt.Errorf("inclusion %d/%d: %w", p.Index, p.Size, err)
		}
	}
	for _, p := range in.Consistency {
		if err := tlog.CheckTree(list(p.Proof), p.Size2, hash(p.Root2), p.Size1, hash(p.Root1)); err != nil {
			return fmt.Errorf("consistency %d/%d: %w", p.Size1, p.Size2, err)
		}
	}
	tree := tlog.Tree{N: in.Size, Hash: hash(in.Root)}
	reader := tlog.TileHashReader(tree, tiles(in.Tiles))
	for _, p := range in.Inclusion {
		found, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, p.Index)})
		if err != nil {
			return err
		}
		if found[0] != hash(p.Leaf) {
			return fmt.Errorf("tiles hold another leaf %d", p.Index)
		}
	}
	return nil
}

func main() {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	if err := check(in); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok")
}
